import { setTimeout as sleep } from "node:timers/promises";
import type { DriverContext } from "../../src/spi/driver.js";
import type { AmqpChannel, AmqpClient } from "./client.js";
import { clients } from "./libraries.js";
import { rabbitRefusal } from "./refusal.js";
import { Session } from "./session.js";

const CONNECT_DEADLINE_MS = 10_000;
const QUEUES_DEADLINE_MS = 30_000;
const LOOK_MS = 20;
const LONGEST_LOOK_MS = 500;
/** How havoq's own admin opens a channel. */
export const CHANNEL = { confirms: false, onReturn: () => {} };

/** havoq's own way to a broker. */
export interface AdminSession {
  /** A connection of its own. */
  connect(): AmqpClient;
  /** Asks again on another channel while a broker that has just come up does not have its queues yet. */
  ask<T>(act: (channel: AmqpChannel) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects havoq's own admin; throws when the broker does not answer, or refuses it. */
export async function openAdminSession(
  { endpoint, onClientError }: DriverContext<unknown>,
  heartbeatSeconds: number,
): Promise<AdminSession> {
  const connect = () => clients.amqplib({ endpoint, heartbeatSeconds, onBlocked: () => {} });
  const session = new Session({ client: connect(), channel: CHANNEL, prepare: async () => {}, onClientError });
  try {
    await session.ready(CONNECT_DEADLINE_MS);
  } catch (error) {
    session.destroy();
    throw error;
  }
  return {
    connect,
    ask: (act) => insist(session, act),
    async close() {
      session.destroy();
    },
  };
}

async function insist<T>(session: Session, act: (channel: AmqpChannel) => Promise<T>): Promise<T> {
  const until = performance.now() + QUEUES_DEADLINE_MS;
  for (let pauseMs = LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_LOOK_MS)) {
    const channel = await session.ready();
    try {
      return await act(channel);
    } catch (error) {
      if (performance.now() > until || rabbitRefusal(error)) throw error;
      await sleep(pauseMs);
    }
  }
}
