import type { Redis } from "ioredis";
import type { DriverContext, Producer } from "../../src/spi/driver.js";
import { Connection, publishError } from "./connection.js";

const CONNECT_DEADLINE_MS = 10_000;

/** Connects, waiting a while for a server that is down just now; it is tried further in any case. */
export async function connect(
  context: Pick<DriverContext<unknown>, "endpoint" | "onClientError">,
  autoPipelining = false,
): Promise<Connection> {
  const { endpoint, onClientError } = context;
  const connection = new Connection({ endpoint, autoPipelining, onClientError: (error) => onClientError(error) });
  await connection.readyWithin(CONNECT_DEADLINE_MS);
  return connection;
}

/** A producer that sends each message with one command; a publish while the server is down waits for it. */
export async function redisProducer(
  context: DriverContext<{ readonly autoPipelining: boolean }>,
  send: (client: Redis, payload: Buffer) => Promise<unknown>,
): Promise<Producer> {
  const connection = await connect(context, context.options.autoPipelining);
  return {
    async publish(payload) {
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
  const { host, port } = context.endpoint;
  const why = last instanceof Error ? `: ${last.message}` : "";
  throw new Error(`no connection to Redis at ${host}:${port} within ${CONNECT_DEADLINE_MS / 1000} s${why}`);
}
