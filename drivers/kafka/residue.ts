import { setTimeout as sleep } from "node:timers/promises";
import { Consumer, FetchIsolationLevels } from "@platformatic/kafka";
import type { Endpoint } from "../../src/spi/broker.js";
import { baseOptions } from "./address.js";
import { type Offsets, topicNow } from "./cluster.js";

const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 200;
const RETRIES = 3;
const ATTEMPTS = 40;
const ATTEMPT_PAUSE_MS = 250;

/** One page of a partition. */
interface Page {
  readonly payloads: readonly Buffer[];
  readonly next: number;
}

/** Reads what lies between two offsets of each partition; without a group, so that nobody else notices. */
export async function* readRange(
  endpoint: Endpoint,
  topic: string,
  from: Offsets,
  to: Offsets,
): AsyncGenerator<Buffer> {
  // A group id is asked for, and not used: this consumer never joins.
  const consumer = new Consumer({ ...baseOptions(endpoint, RETRIES), groupId: `${topic}-inspection` });
  try {
    for (const [partition, first] of from) {
      const end = to.get(partition) ?? first;
      for (let offset = first; offset < end; ) {
        const { payloads, next } = await fetchPage(consumer, topic, { partition, offset, end });
        yield* payloads;
        offset = next;
      }
    }
  } finally {
    await consumer.close();
  }
}

async function fetchPage(
  consumer: Consumer,
  topic: string,
  range: { readonly partition: number; readonly offset: number; readonly end: number },
): Promise<Page> {
  for (let attempt = 1; ; attempt++) {
    try {
      const page = await fetchOnce(consumer, topic, range);
      if (page.next > range.offset) return page;
      throw new Error(`partition ${range.partition} of ${topic} gave nothing at offset ${range.offset}`);
    } catch (error) {
      // A leader that has just changed, or a replica that is still behind.
      if (attempt === ATTEMPTS) throw error;
      await sleep(ATTEMPT_PAUSE_MS);
    }
  }
}

async function fetchOnce(
  consumer: Consumer,
  topic: string,
  { partition, offset, end }: { readonly partition: number; readonly offset: number; readonly end: number },
): Promise<Page> {
  const { id: topicId, partitions } = await topicNow(consumer, topic);
  const unknownEpoch = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
  const { responses } = await consumer.fetch({
    node: partitions[partition]?.leader ?? -1,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    maxWaitTime: FETCH_WAIT_MS,
    isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
    topics: [
      {
        topicId,
        partitions: [{ partition, fetchOffset: BigInt(offset), partitionMaxBytes: FETCH_BYTES, ...unknownEpoch }],
      },
    ],
  });
  const payloads: Buffer[] = [];
  let next = offset;
  for (const batch of responses.flatMap((response) => response.partitions.flatMap(({ records }) => records ?? []))) {
    const first = Number(batch.firstOffset);
    for (const { offsetDelta, value } of batch.records) {
      const at = first + offsetDelta;
      // A batch is fetched whole, also when it begins before what was asked for.
      if (at >= offset && at < end && value !== null) payloads.push(value);
    }
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
  }
  return { payloads, next };
}
