import { hostPort } from "../../src/host-port.js";
import type { ConsumerContext, DriverContext } from "../../src/spi/driver.js";
import { Connection } from "./connection.js";
import { type PostgresOptions, sessionOf } from "./options.js";
import { Pool } from "./pool.js";

const CONNECT_DEADLINE_MS = 10_000;

/** A run's name in the server: a table, a schema, an application. At most 45 characters, none to be quoted. */
export const nameOf = (runId: string): string => `havoq_${runId.replaceAll("-", "_")}`;

/** Name of the sessions of a run's workers in pg_stat_activity. */
export const workersName = (runId: string): string => `${nameOf(runId)}_worker`;

/** Connections of a producer; waits a while for a server that is down just now. */
export async function producerPool(context: DriverContext<PostgresOptions>): Promise<Pool> {
  const { endpoint, options, runId, onClientError } = context;
  const pool = new Pool(options.connections, {
    endpoint,
    name: `${nameOf(runId)}_producer`,
    session: sessionOf(options),
    onClientError: (error) => onClientError(error),
  });
  await pool.readyWithin(CONNECT_DEADLINE_MS);
  return pool;
}

/** Some connections of a worker; waits a while for a server that is down just now. */
export async function workerConnections(
  context: ConsumerContext<PostgresOptions>,
  count: number,
): Promise<readonly Connection[]> {
  const { endpoint, options, runId, onClientError } = context;
  const request = {
    endpoint,
    name: workersName(runId),
    session: sessionOf(options),
    onClientError: (error: unknown) => onClientError(error),
  };
  const connections = Array.from({ length: count }, () => new Connection(request));
  try {
    await Promise.all(connections.map((connection) => connection.readyWithin(CONNECT_DEADLINE_MS)));
  } catch (error) {
    for (const connection of connections) connection.close();
    throw error;
  }
  return connections;
}

/** A connection for havoq's own look at the server; throws when the server does not answer in time. */
export async function connectAdmin(context: DriverContext<unknown>): Promise<Connection> {
  let last: unknown = null;
  const connection = new Connection({
    endpoint: context.endpoint,
    name: "havoq",
    onClientError: (error) => {
      last = error;
      context.onClientError(error);
    },
  });
  const isReady = await connection.readyWithin(CONNECT_DEADLINE_MS).catch((error: unknown) => {
    connection.close();
    throw error;
  });
  if (isReady) return connection;
  connection.close();
  const why = last instanceof Error ? `: ${last.message}` : "";
  throw new Error(
    `no connection to PostgreSQL at ${hostPort(context.endpoint)} within ${CONNECT_DEADLINE_MS / 1000} s${why}`,
  );
}
