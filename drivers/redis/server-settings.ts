import * as z from "zod";
import type { Durability, HostChoice } from "../../src/spi/broker.js";
import { durationText } from "../shared/duration.js";

/** YAML 1.2 reads `yes` as text, and redis.conf writes it. */
const yesOrNo = z.union([z.boolean(), z.enum(["yes", "no"])]).transform((value) => value === true || value === "yes");

const SAVE_POINTS = /^(\d+ \d+( \d+ \d+)*)?$/;
const MEMORY_SIZE = /^\d+([kmg]b?|b)?$/i;

/** What `target.broker` may say for Redis. */
export const settings = z.strictObject({
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
  sentinel: z
    .boolean()
    .default(false)
    .describe("a primary and a replica, and three sentinels that make the replica the primary when it is gone"),
  downAfter: durationText({ min: 100, step: 1 })
    .default("1s")
    .describe("with sentinel: time without an answer after which the primary is taken for gone"),
});
/** Checked settings of Redis. */
export type Settings = z.infer<typeof settings>;

/** The directives of redis.conf for one server that listens on loopback. */
export function serverConfig(dir: string, port: number, settings: Settings): (readonly [string, string])[] {
  const { appendonly, appendfsync, save, maxmemory, maxmemoryPolicy, ioThreads } = settings;
  return [
    ["port", String(port)],
    ["bind", "127.0.0.1"],
    ["dir", dir],
    ["daemonize", "no"],
    ["appendonly", appendonly ? "yes" : "no"],
    ["appendfsync", appendfsync],
    ...(save === undefined ? [] : [["save", save] as const]),
    ...(maxmemory === undefined ? [] : [["maxmemory", maxmemory] as const]),
    ["maxmemory-policy", maxmemoryPolicy],
    ["io-threads", String(ioThreads)],
  ];
}

/** Whether messages outlive a crash of the server's process, or a failover. */
export function durability({ appendonly, appendfsync, save, sentinel }: Settings, host: HostChoice): Durability {
  if (host === "external") return { confirmedIn: null, words: "decided by the server's appendonly and appendfsync" };
  const server = serverDurability(appendonly, appendfsync, save);
  // The file is written before the answer; when it is synced is another matter.
  const confirmedIn = !appendonly ? "memory" : appendfsync === "always" ? "disk" : "page cache";
  return { confirmedIn, words: sentinel ? ofSentinels(server) : server };
}

function ofSentinels(server: string): string {
  return `replicated asynchronously: a failover loses what the replica had not got, except what WAIT confirmed; each server: ${server}`;
}

function serverDurability(appendonly: boolean, appendfsync: Settings["appendfsync"], save: string | undefined): string {
  if (appendonly) {
    const powerLoss = { always: "nothing", everysec: "about the last second", no: "what the kernel had not written" };
    // With everysec Redis puts its writes off while an fsync is under way: flushAppendOnlyFile in aof.c.
    const crash =
      appendfsync === "everysec" ? "nothing confirmed, but up to 2 s on a disk that syncs slowly" : "nothing confirmed";
    return `append-only file, appendfsync ${appendfsync}: a process crash loses ${crash}, a power loss ${powerLoss[appendfsync]}`;
  }
  if (save === "") return "in memory only: a crash loses everything";
  const points = save === undefined ? "Redis' default points" : `save ${save}`;
  return `snapshots (${points}), no append-only file: a crash loses everything since the last snapshot`;
}
