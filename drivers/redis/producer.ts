import type { ChainableCommander, Redis } from "ioredis";
import { hostPort } from "../../src/host-port.js";
import type { DriverContext, Producer } from "../../src/spi/driver.js";
import { Connection, type ConnectionRequest, publishError } from "./connection.js";
import { ReplicatedWrites } from "./replicated-writes.js";
import type { WaitOption } from "./wait-option.js";

const CONNECT_DEADLINE_MS = 10_000;

/** Connects, waiting a while for a server that is down just now; only a refusal for good ends it. */
export async function connect(
  context: Pick<DriverContext<unknown>, "endpoint" | "onClientError">,
  how: Pick<ConnectionRequest, "autoPipelining" | "retries"> = {},
): Promise<Connection> {
  const { endpoint, onClientError } = context;
  const connection = new Connection({ ...how, endpoint, onClientError: (error) => onClientError(error) });
  try {
    await connection.readyWithin(CONNECT_DEADLINE_MS);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** How a message is written with one command: sent by itself, or put into a pipeline. */
export interface Write {
  send(client: Redis, payload: Buffer): Promise<unknown>;
  add(pipeline: ChainableCommander, payload: Buffer): unknown;
}

/** A producer that sends each message with one command; a publish while the server is down waits for it. */
export async function redisProducer(
  context: DriverContext<{ readonly autoPipelining: boolean; readonly wait?: WaitOption }>,
  { send, add }: Write,
): Promise<Producer> {
  const { autoPipelining, wait = "none" } = context.options;
  const connection = await connect(context, { autoPipelining });
  const replicated = wait === "none" ? null : new ReplicatedWrites(connection, wait, add);
  return {
    async publish(payload) {
      if (replicated) return replicated.publish(payload);
      try {
        await connection.once((client) => send(client, payload));
      } catch (error) {
        throw publishError(error);
      }
      return "broker";
    },
    async close() {
      connection.close();
    },
  };
}

/** A connection for havoq's own look at the server; throws when the server does not answer in time. */
export async function connectAdmin(context: DriverContext<unknown>): Promise<Connection> {
  let last: unknown = null;
  const connection = await connect({
    endpoint: context.endpoint,
    onClientError: (error) => {
      last = error;
      context.onClientError(error);
    },
  });
  if (connection.isReady) return connection;
  connection.close();
  const why = last instanceof Error ? `: ${last.message}` : "";
  throw new Error(
    `no connection to Redis at ${hostPort(context.endpoint)} within ${CONNECT_DEADLINE_MS / 1000} s${why}`,
  );
}
