import { Admin, Base, type ClusterTopicMetadata, ListOffsetTimestamps } from "@platformatic/kafka";
import * as z from "zod";
import type { Endpoint } from "../../src/spi/broker.js";
import { baseOptions } from "./address.js";

/** Offsets by partition. */
export type Offsets = ReadonlyMap<number, number>;

const TRY_TIMEOUT_MS = 2000;
/** Where Kafka names no node. */
const NOBODY = -1;
const hasCodes = z.looseObject({ apiId: z.string().optional(), errors: z.array(z.unknown()).optional() });

/** Whether an error of @platformatic/kafka is, or holds, one that the broker calls by this name. */
export function isKafkaError(error: unknown, id: string): boolean {
  const parsed = hasCodes.safeParse(error);
  if (!parsed.success) return error instanceof Error && error.cause !== undefined && isKafkaError(error.cause, id);
  const { apiId, errors = [] } = parsed.data;
  return apiId === id || errors.some((each) => isKafkaError(each, id));
}

/** A topic as the broker says now; throws while any of its partitions (or of those named) has no leader. */
export async function topicNow(client: Base, topic: string, only?: readonly number[]): Promise<ClusterTopicMetadata> {
  client.clearMetadata();
  const { topics } = await client.metadata({ topics: [topic], forceUpdate: true });
  const found = topics.get(topic);
  if (!found) throw new Error(`there is no topic ${topic}`);
  const leaderless = found.partitions.findIndex(
    ({ leader }, partition) => leader === NOBODY && (only?.includes(partition) ?? true),
  );
  if (leaderless >= 0) throw new Error(`partition ${leaderless} has no leader`);
  return found;
}

/** First or next offsets of all partitions. */
export async function offsetsOf(
  admin: Admin,
  topic: string,
  partitions: number,
  which: "EARLIEST" | "LATEST",
): Promise<Offsets> {
  const timestamp = ListOffsetTimestamps[which];
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
  const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] });
  return new Map(listed?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]));
}

/** Next offsets of all partitions, through a connection of its own. */
export async function endOffsets(endpoint: Endpoint, topic: string, partitions: number): Promise<Offsets> {
  const admin = new Admin(baseOptions(endpoint, 0));
  try {
    return await offsetsOf(admin, topic, partitions, "LATEST");
  } finally {
    await admin.close();
  }
}

/** One try to reach the leader of a partition; throws when there is none or it does not answer. */
export async function reachLeader(endpoint: Endpoint, topic: string, partition: number): Promise<void> {
  await shortly(endpoint, async (client) => {
    const { partitions } = await topicNow(client, topic, [partition]);
    await client.connectToBrokers([partitions[partition]?.leader ?? NOBODY]);
  });
}

/** A topic as the first node that answers sees it; a node that stands still must not hold the answer up. */
export function topicAnywhere({ nodes = [], ...endpoint }: Endpoint, topic: string): Promise<ClusterTopicMetadata> {
  const asked = nodes.length === 0 ? [endpoint] : nodes.map(({ host, port }) => ({ ...endpoint, host, port }));
  return Promise.any(asked.map((node) => shortly(node, (client) => topicNow(client, topic, [0]))));
}

async function shortly<T>(endpoint: Endpoint, ask: (client: Base) => Promise<T>): Promise<T> {
  const options = { ...baseOptions(endpoint, 0), connectTimeout: TRY_TIMEOUT_MS, requestTimeout: TRY_TIMEOUT_MS };
  const client = new Base(options);
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
}
