import * as z from "zod";
import type { Endpoint } from "../../src/spi/broker.js";
import type { AckLevel } from "../../src/spi/driver.js";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";
import type { KafkaSettings } from "./settings.js";

/** What `target.options` may say for `kafka`. */
export const kafkaOptions = z.strictObject({
  client: z.enum(["kafkajs", "platformatic"]).default("platformatic").describe("the client library"),
  partitions: z.int().min(1).max(1000).default(6).describe("partitions of the topic"),
  retention: durationText({ min: 1, max: Number.POSITIVE_INFINITY })
    .optional()
    .describe("age at which messages are deleted, read or not; the broker's own (7 days) when not given"),
  retentionBytes: z
    .int()
    .min(1)
    .optional()
    .describe("bytes of a partition above which its oldest messages are deleted, read or not"),
  segmentBytes: z.int().min(1).optional().describe("what is deleted are whole segments of this size"),
  segmentTime: durationText({ min: 1, max: Number.POSITIVE_INFINITY }).optional().describe("or of this age"),
  replication: z.int().min(1).max(7).optional().describe("replicas of each partition; one on each node when not given"),

  acks: z
    .union([z.literal(0), z.literal(1), z.literal("all")])
    .default("all")
    .describe("who confirms: nobody, the leader, or all in-sync replicas"),
  idempotent: z.boolean().default(false).describe("the broker drops what a retry sends a second time"),
  retries: z.int().min(0).max(1_000_000).default(0).describe("sends that the client repeats by itself"),
  inFlight: z.int().min(1).max(1000).default(1).describe("unanswered batches of one partition"),
  compression: z
    .enum(["none", "gzip", "snappy", "lz4"])
    .default("none")
    .describe("of batches; kafkajs can do gzip, platformatic all of them"),
  linger: durationText({ max: 10_000 }).default("0s").describe("time that a batch waits for more messages"),
  batchSize: z.int().min(1).max(100_000_000).default(16_384).describe("bytes of payload at which a batch is full"),
  key: z
    .enum(["none", "sequence"])
    .default("none")
    .describe(
      "none: partitions in turn, or by the hash of load.keys where the scenario has them; sequence: by a key's hash",
    ),
  requestTimeout: durationText({ min: 100 }).default("30s").describe("time that the client waits for an answer"),

  consume: z
    .enum(["eachMessage", "eachBatch"])
    .default("eachMessage")
    .describe("one message of a partition at a time, or as many as there are handlers"),
  commit: z
    .enum(["after", "before", "auto"])
    .default("after")
    .describe("commit offsets after the handler, before it, or as the client library does by itself"),
  commitInterval: durationText({ min: 1 })
    .optional()
    .describe("time between commits (after, auto); as soon as possible, or the library's own, when not given"),
  onFail: z
    .enum(["retry", "skip"])
    .default("retry")
    .describe("a failed handler's message comes again, or is done with"),
  sessionTimeout: durationText({ min: 500 }).default("10s").describe("silence after which a worker is taken for dead"),
  rebalanceTimeout: durationText({ min: 500 }).default("60s").describe("time that workers have to join again"),
  staticMembership: z
    .boolean()
    .default(false)
    .describe("group.instance.id: a restarted worker gets its partitions back"),
  fromBeginning: z
    .boolean()
    .default(true)
    .describe("where a group without commits begins: at the first message, or now"),
  isolation: z.enum(["uncommitted", "committed"]).default("committed").describe("isolation level of reads"),
  minBytes: z.int().min(1).default(1).describe("bytes that a fetch waits for"),
  maxWait: durationText({ min: 10, max: 60_000 }).default("500ms").describe("how long a fetch waits for them"),
});

/** Checked options of `kafka`. */
export type KafkaOptions = z.infer<typeof kafkaOptions>;

/** Heartbeats are sent this often, as Kafka recommends. */
export const heartbeatInterval = ({ sessionTimeout }: KafkaOptions): number =>
  Math.floor(durationOf(sessionTimeout) / 3);

const REBALANCE_MARGIN_MS = 2000;

/** A dead worker's session ends, the others learn of it with their next heartbeat, and share its partitions. */
export function kafkaHorizon(options: KafkaOptions): Milliseconds {
  return ms(durationOf(options.sessionTimeout) + heartbeatInterval(options) + REBALANCE_MARGIN_MS);
}

const MOST_REPLICAS = 3;

/** Replicas of each partition on the broker of a run; `null` leaves it to a broker that others run. */
export function replicationOf({ replication }: KafkaOptions, { nodes, url }: Endpoint): number | null {
  if (replication !== undefined) return replication;
  if (url !== undefined) return null;
  return Math.min(MOST_REPLICAS, nodes?.length ?? 1);
}

/** What a confirm means with these options. */
export function ackLevelOf(options: KafkaOptions, endpoint: Endpoint): AckLevel {
  if (options.acks === 0) return "local";
  return options.acks === "all" && (replicationOf(options, endpoint) ?? 1) > 1 ? "replicated" : "broker";
}

/** Options that can't go together, with each other or with the broker's settings. */
export function kafkaConflicts(options: KafkaOptions, { nodes, minInsyncReplicas }: KafkaSettings): string[] {
  const { client, acks, idempotent, retries, compression, replication } = options;
  const replicas = replication ?? nodes;
  return [
    ...(idempotent && acks !== "all" ? [`idempotent needs acks: all, got acks: ${acks}`] : []),
    ...(idempotent && retries < 2 ? [`idempotent needs retries of 2 or more, got ${retries}`] : []),
    ...(client === "kafkajs" && (compression === "snappy" || compression === "lz4")
      ? [`kafkajs can't compress with ${compression} without another package; write gzip, or client: platformatic`]
      : []),
    ...(minInsyncReplicas > replicas
      ? [`minInsyncReplicas: ${minInsyncReplicas} with ${replicas} replicas lets nothing be stored`]
      : []),
  ];
}

/** A restarted worker has the id of the one before it; havoq names workers by index and incarnation. */
export const instanceId = (workerId: string): string => /^(\d+)-\d+$/.exec(workerId)?.[1] ?? workerId;

/** What the topic of a run is made with, beside partitions and replicas. */
export function topicConfigs({ retention, retentionBytes, segmentBytes, segmentTime }: KafkaOptions): TopicConfig[] {
  const values = {
    "retention.ms": retention === undefined ? undefined : durationOf(retention),
    "retention.bytes": retentionBytes,
    "segment.bytes": segmentBytes,
    "segment.ms": segmentTime === undefined ? undefined : durationOf(segmentTime),
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: String(value) }],
  );
}

/** A setting of a topic, as Kafka names it. */
export interface TopicConfig {
  readonly name: string;
  readonly value: string;
}

/** Name of the run's topic. */
export const topicOf = (runId: string): string => `havoq-${runId}`;

/** Name of the run's consumer group. */
export const groupOf = (runId: string): string => `havoq-${runId}-workers`;
