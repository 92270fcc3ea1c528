import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import * as z from "zod";
import type {
  BrokerRecipe,
  ContainerRequest,
  ContainerSpec,
  Durability,
  Endpoint,
  LaunchRequest,
  LaunchSpec,
} from "../../src/spi/broker.js";
import {
  giveTo,
  locateEmbedded,
  locateLocal,
  runProgram,
  SERVER_ENV,
  type ServerUser,
  serverUser,
  usableBinaries,
} from "./binaries.js";
import { clientConfig, OWN_USER } from "./connection.js";
import { postgresRefusal } from "./refusal.js";

/** YAML 1.2 reads `on` as text, and postgresql.conf writes it. */
const onOrOff = z.union([z.boolean(), z.enum(["on", "off"])]).transform((value) => value === true || value === "on");
const MEMORY_SIZE = /^\d+(kB|MB|GB)$/;
const TIME = /^\d+(ms|s|min)$/;

/** What `target.broker` may say for `postgres`. */
const postgresSettings = z.strictObject({
  fsync: onOrOff.default(true).describe("wait for the disk at each commit"),
  synchronousCommit: onOrOff
    .default(true)
    .describe("a commit is answered when its log is written; off: up to 600 ms before"),
  fullPageWrites: onOrOff.default(true).describe("whole pages in the log after each checkpoint"),
  sharedBuffers: z
    .string()
    .regex(MEMORY_SIZE, 'expected a size as in postgresql.conf, such as "128MB"')
    .default("128MB")
    .describe("memory for pages"),
  autovacuum: onOrOff.default(true).describe("remove dead rows while it runs; a queue table is made of them"),
  autovacuumNaptime: z
    .string()
    .regex(TIME, 'expected a time as in postgresql.conf, such as "5s"')
    .default("5s")
    .describe("time between two looks for tables to vacuum"),
});
/** What `target.broker` says of PostgreSQL, as its schema gives it back. */
export type PostgresSettings = z.infer<typeof postgresSettings>;

const MAX_CONNECTIONS = 200;
/** SIGTERM would wait for the clients to go; this is what `systemctl stop postgresql` does, and the official image. */
const STOP_SIGNAL = "SIGINT";
const CONTAINER_DATA = "/var/lib/postgresql/data";
const PROBE_TIMEOUT_MS = 1000;

/** How PostgreSQL is found, started and known to be ready. */
export const postgresRecipe: BrokerRecipe<PostgresSettings> = {
  name: "postgres",
  settings: postgresSettings,
  durability,
  server: {
    probe,
    refusal: postgresRefusal,
    url: {
      ports: { postgres: 5432, postgresql: 5432 },
      path: { what: "the name of a database", pattern: /./, hint: 'a "/" in the name is %2F' },
      query: ["sslmode"],
      credentials: true,
    },
  },
  process: {
    hosts: ["local", "embedded"],
    locate: async (host) => (host === "embedded" ? locateEmbedded() : locateLocal()),
    launch,
  },
  container: { image: "postgres:17.5", describe },
};

/** Makes the data directory at the first launch. */
async function launch({ dir, port, settings, located }: LaunchRequest<PostgresSettings>): Promise<LaunchSpec> {
  const user = await serverUser();
  await giveTo(user, dir);
  const bin = await usableBinaries(located.executable, user, dir);
  const data = join(dir, "data");
  if (!existsSync(data)) await makeData(bin, data, user, dir);
  const args = parameters(settings, { listen_addresses: "127.0.0.1", port, unix_socket_directories: "" });
  return {
    file: join(bin, "postgres"),
    args: ["-D", data, ...args],
    env: SERVER_ENV,
    stopSignal: STOP_SIGNAL,
    ...(user ? { user } : {}),
  };
}

/** The image makes the data directory; over a Unix socket, which is left to it. */
function describe({ ports, settings }: ContainerRequest<PostgresSettings>): ContainerSpec {
  return {
    command: ["postgres", ...parameters(settings, { listen_addresses: "*", port: ports.client })],
    env: { POSTGRES_USER: OWN_USER, POSTGRES_HOST_AUTH_METHOD: "trust", PGDATA: `${CONTAINER_DATA}/data` },
    data: CONTAINER_DATA,
  };
}

function parameters(settings: PostgresSettings, place: Readonly<Record<string, string | number>>): string[] {
  const all: Record<string, string | number> = {
    ...place,
    max_connections: MAX_CONNECTIONS,
    shared_buffers: settings.sharedBuffers,
    // In files of the data directory: what a killed server leaves in /dev/shm would outlive the run.
    dynamic_shared_memory_type: "mmap",
    fsync: word(settings.fsync),
    synchronous_commit: word(settings.synchronousCommit),
    full_page_writes: word(settings.fullPageWrites),
    autovacuum: word(settings.autovacuum),
    autovacuum_naptime: settings.autovacuumNaptime,
    log_destination: "stderr",
    logging_collector: "off",
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Makes the data directory; `initdb` removes it again when it fails. */
async function makeData(bin: string, data: string, user: ServerUser, dir: string): Promise<void> {
  const args = ["-D", data, "-U", OWN_USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C"];
  await runProgram(join(bin, "initdb"), [...args, "--no-sync", "--no-instructions"], user, dir);
}

const word = (on: boolean) => (on ? "on" : "off");

/** Whether messages outlive a crash of the server's process. */
function durability({ fsync, synchronousCommit }: PostgresSettings): Durability {
  if (!synchronousCommit) {
    const words = "synchronous_commit off: a process crash loses what was confirmed in about the last 600 ms";
    return { confirmedIn: "memory", words };
  }
  const powerLoss = fsync ? "nothing" : "what the kernel had not written, and maybe the whole database";
  const words = `write-ahead log, fsync ${word(fsync)}: a process crash loses nothing confirmed, a power loss ${powerLoss}`;
  return { confirmedIn: fsync ? "disk" : "page cache", words };
}

/** Refused while the database is starting up or recovers. */
async function probe(endpoint: Endpoint): Promise<string> {
  const client = new Client({
    ...clientConfig(endpoint),
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query("SHOW server_version");
    const { server_version } = z.object({ server_version: z.string() }).parse(rows[0]);
    // Debian adds its package's version.
    return `PostgreSQL ${server_version.split(" ")[0]}`;
  } finally {
    await client.end().catch(() => {});
  }
}
