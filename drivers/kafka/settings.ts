import * as z from "zod";
import { durationOf, durationText } from "../shared/duration.js";

const ONE_NODE_SESSION = "3s";
/** Kafka's own. */
const CLUSTER_SESSION = "9s";
const HEARTBEATS_OF_A_SESSION = 8;

/** What `target.broker` may say for `kafka`. */
export const kafkaSettings = z.strictObject({
  nodes: z
    .union([z.literal(1), z.literal(3)])
    .default(1)
    .describe("brokers of the cluster; each is a controller too"),
  minInsyncReplicas: z.int().min(1).max(3).default(1).describe("in-sync replicas that acks: all needs"),
  uncleanLeaderElection: z.boolean().default(false).describe("a replica that is behind may become the leader"),
  logFlushIntervalMessages: z
    .int()
    .min(1)
    .optional()
    .describe("fsync after so many messages of a partition; never, as Kafka's own, when not given"),
  retentionCheck: durationText({ min: 1 })
    .default("5min")
    .describe("how often messages are looked for that are to be deleted"),
  replicaLagTimeMax: durationText({ min: 500 })
    .default("30s")
    .describe("after which a replica that is behind is out of sync"),
  brokerSessionTimeout: durationText({ min: 500 })
    .optional()
    .describe(`silence after which a node counts as gone; ${CLUSTER_SESSION}, or ${ONE_NODE_SESSION} with one node`),
  messageMaxBytes: z.int().min(1024).max(100_000_000).default(1_048_588).describe("longest batch"),
  networkThreads: z.int().min(1).max(64).default(3).describe("threads for sockets"),
  ioThreads: z.int().min(1).max(64).default(8).describe("threads for requests"),
  heap: z
    .string()
    .regex(/^\d+[mg]$/, 'expected a size as Java takes it, such as "512m"')
    .default("512m")
    .describe("Java heap of each node"),
});

/** Checked settings of the broker. */
export type KafkaSettings = z.infer<typeof kafkaSettings>;

/** Names of the broker's processes. */
export const nodeNames = ({ nodes }: KafkaSettings): string[] =>
  nodes === 1 ? ["broker"] : ["kafka-1", "kafka-2", "kafka-3"];

/** Where one node listens, and where the others do. */
export interface NodePlace {
  /** The data goes into its `data`. */
  readonly dir: string;
  readonly id: number;
  readonly port: number;
  /** Address to listen on for clients; loopback when not given. */
  readonly listen?: string;
  readonly controllerPort: number;
  readonly controllers: readonly { readonly id: number; readonly port: number }[];
  readonly sides: { readonly [side in "producers" | "workers"]: { listen: number; advertise: number } } | null;
}

/** The text of a node's server.properties. */
export function serverProperties(settings: KafkaSettings, place: NodePlace): string {
  const { minInsyncReplicas, nodes, logFlushIntervalMessages, brokerSessionTimeout } = settings;
  const sessionMs = durationOf(brokerSessionTimeout ?? (nodes === 1 ? ONE_NODE_SESSION : CLUSTER_SESSION));
  const properties: Record<string, string | number | boolean> = {
    ...listeners(place),
    "process.roles": "broker,controller",
    "node.id": place.id,
    "controller.quorum.voters": place.controllers.map(({ id, port }) => `${id}@127.0.0.1:${port}`).join(","),
    "log.dirs": `${place.dir}/data`,
    "default.replication.factor": nodes,
    "min.insync.replicas": minInsyncReplicas,
    "unclean.leader.election.enable": settings.uncleanLeaderElection,
    "replica.lag.time.max.ms": durationOf(settings.replicaLagTimeMax),
    "broker.session.timeout.ms": sessionMs,
    "broker.heartbeat.interval.ms": Math.round(sessionMs / HEARTBEATS_OF_A_SESSION),
    "log.retention.check.interval.ms": durationOf(settings.retentionCheck),
    "message.max.bytes": settings.messageMaxBytes,
    "num.network.threads": settings.networkThreads,
    "num.io.threads": settings.ioThreads,
    "auto.create.topics.enable": false,
    // What only costs a small cluster time and memory.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 500,
    "log.cleaner.dedupe.buffer.size": 2_097_152,
    ...internalTopic("offsets.topic", nodes),
    ...internalTopic("transaction.state.log", nodes),
    ...internalTopic("share.coordinator.state.topic", nodes),
    "transaction.state.log.min.isr": Math.min(2, nodes),
    "share.coordinator.state.topic.min.isr": Math.min(2, nodes),
    ...(logFlushIntervalMessages === undefined ? {} : { "log.flush.interval.messages": logFlushIntervalMessages }),
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

const internalTopic = (name: string, nodes: number) => ({
  [`${name}.num.partitions`]: 1,
  [`${name}.replication.factor`]: nodes,
});

/** Clients are told the address to connect to: through the proxy their own, which differs for the two sides. */
function listeners({ port, listen: address = "127.0.0.1", controllerPort, sides }: NodePlace): Record<string, string> {
  const all = [
    { name: "DIRECT", listen: port, advertise: port },
    ...(sides ? [{ name: "PRODUCERS", ...sides.producers }] : []),
    ...(sides ? [{ name: "WORKERS", ...sides.workers }] : []),
  ];
  const controller = `CONTROLLER://127.0.0.1:${controllerPort}`;
  return {
    listeners: [...all.map(({ name, listen }) => `${name}://${address}:${listen}`), controller].join(","),
    "advertised.listeners": all.map(({ name, advertise }) => `${name}://127.0.0.1:${advertise}`).join(","),
    "listener.security.protocol.map": [...all.map(({ name }) => name), "CONTROLLER"]
      .map((name) => `${name}:PLAINTEXT`)
      .join(","),
    "inter.broker.listener.name": "DIRECT",
    "controller.listener.names": "CONTROLLER",
  };
}
