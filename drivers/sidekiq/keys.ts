import * as z from "zod";
import type { ResiduePlace } from "../../src/spi/driver.js";
import { markedPayload } from "../shared/framework/marked.js";
import { type FrameworkKey, type FrameworkKeys, pages } from "../shared/framework/redis-admin.js";

/** Jobs that wait for their time, or for somebody; all queues of a Redis share them. */
const SETS: readonly (readonly [key: string, place: ResiduePlace])[] = [
  ["schedule", "ready"],
  ["retry", "ready"],
  ["dead", "deadLettered"],
];

const job = z.object({ queue: z.string() });

/** Sidekiq's keys in Redis: the run's queue, and its jobs in the sets. */
export function sidekiqKeys(runId: string): FrameworkKeys {
  const sets = SETS.map(
    ([key, place]): FrameworkKey => ({
      key,
      type: "zset",
      place,
      payloadOf: markedPayload,
      owns: (element) => job.parse(JSON.parse(element.toString())).queue === runId,
    }),
  );
  const queue: FrameworkKey = { key: `queue:${runId}`, type: "list", place: "ready", payloadOf: markedPayload };
  return {
    find: () => [queue, ...sets],
    patterns: [queue.key],
    keepsDead: true,
    async clear(connection) {
      for (const set of sets) {
        const found: Buffer[] = [];
        for await (const page of pages(connection, set)) found.push(...page);
        if (found.length > 0) await connection.once((client) => client.zrem(set.key, ...found));
      }
      await connection.once((client) => client.srem("queues", runId));
    },
  };
}
