import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Redis } from "ioredis";
import { z } from "zod";
import type { BrokerRecipe, Endpoint, Located, Missing } from "../../src/spi/broker.js";
import { redisOptions } from "./connection.js";

/** YAML 1.2 reads `yes` as text, and redis.conf writes it. */
const yesOrNo = z.union([z.boolean(), z.enum(["yes", "no"])]).transform((value) => value === true || value === "yes");

const SAVE_POINTS = /^(\d+ \d+( \d+ \d+)*)?$/;
const MEMORY_SIZE = /^\d+([kmg]b?|b)?$/i;

const settings = z.strictObject({
  appendonly: yesOrNo.default(false).describe("keep an append-only file"),
  appendfsync: z.enum(["always", "everysec", "no"]).default("everysec").describe("when that file is synced to disk"),
  save: z
    .string()
    .regex(SAVE_POINTS, 'expected pairs of seconds and changes such as "3600 1 300 100", or ""')
    .optional()
    .describe('snapshots as in redis.conf, such as "3600 1 300 100"; "" for none; Redis\' own when not given'),
  maxmemory: z
    .string()
    .regex(MEMORY_SIZE, 'expected a size as in redis.conf, such as "100mb"')
    .optional()
    .describe('limit as in redis.conf, such as "100mb"; none when not given'),
  maxmemoryPolicy: z
    .enum([
      "noeviction",
      "allkeys-lru",
      "allkeys-lfu",
      "allkeys-random",
      "volatile-lru",
      "volatile-lfu",
      "volatile-random",
      "volatile-ttl",
    ])
    .default("noeviction")
    .describe("what happens at the limit"),
  ioThreads: z.int().min(1).max(128).default(1).describe("threads that read and write sockets"),
});
type Settings = z.infer<typeof settings>;

const PROGRAMS = ["redis-server", "valkey-server"];
const PROBE_TIMEOUT_MS = 1000;

/** How Redis (or Valkey) is found, started and known to be ready. */
export const redisRecipe: BrokerRecipe<Settings> = {
  name: "redis",
  hosts: ["local"],
  settings,
  durability,
  locate,
  async launch({ dir, port, settings, located }) {
    return { file: located.executable, args: launchArguments(dir, port, settings), env: {} };
  },
  probe,
};

function launchArguments(dir: string, port: number, settings: Settings): string[] {
  const { appendonly, appendfsync, save, maxmemory, maxmemoryPolicy, ioThreads } = settings;
  return [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--daemonize", "no"],
    ...["--appendonly", appendonly ? "yes" : "no", "--appendfsync", appendfsync],
    ...(save === undefined ? [] : ["--save", save]),
    ...(maxmemory === undefined ? [] : ["--maxmemory", maxmemory]),
    ...["--maxmemory-policy", maxmemoryPolicy, "--io-threads", String(ioThreads)],
  ];
}

/** Whether messages outlive a crash of the server's process. */
function durability({ appendonly, appendfsync, save }: Settings): string {
  if (appendonly) {
    const powerLoss = { always: "nothing", everysec: "about the last second", no: "what the kernel had not written" };
    return `append-only file, appendfsync ${appendfsync}: a process crash loses nothing confirmed, a power loss ${powerLoss[appendfsync]}`;
  }
  if (save === "") return "in memory only: a crash loses everything";
  const points = save === undefined ? "Redis' default points" : `save ${save}`;
  return `snapshots (${points}), no append-only file: a crash loses everything since the last snapshot`;
}

async function locate(): Promise<Located | Missing> {
  const home = process.env["HAVOQ_REDIS_HOME"];
  const folders = home ? [home, join(home, "bin")] : (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  for (const program of PROGRAMS) {
    for (const folder of folders) {
      const executable = join(folder, program);
      if (await isExecutable(executable)) return { found: true, what: executable, executable };
    }
  }
  const place = home ? `in HAVOQ_REDIS_HOME (${home})` : "on PATH";
  return { found: false, reason: `no ${PROGRAMS.join(" or ")} ${place}`, hint: "apt-get install redis-server" };
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** PING answers an error while the data is still being loaded. */
async function probe(endpoint: Endpoint): Promise<string> {
  const client = new Redis({
    ...redisOptions(endpoint),
    connectTimeout: PROBE_TIMEOUT_MS,
    commandTimeout: PROBE_TIMEOUT_MS,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  let lastError: Error | null = null;
  client.on("error", (error: Error) => {
    lastError = error;
  });
  try {
    await client.connect();
    await client.ping();
    return versionIn(await client.info("server"));
  } catch (error) {
    // ioredis says "Connection is closed." and tells why in an event.
    throw lastError ?? error;
  } finally {
    client.disconnect();
  }
}

function versionIn(info: string): string {
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
  if (valkey) return `Valkey ${valkey}`;
  return `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? "of unknown version"}`;
}
