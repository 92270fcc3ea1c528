import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

/** What happens here depends on who is first: a lock that runs out, a sentinel that looks away. */
describe("truth table: rows that look at times", () => {
  needs(
    "redis",
    "a job whose worker is busy for longer than its lock is completed, and in the failed set as well",
    async () => {
      const { delivery } = await holds("bullmq-blocked-worker");
      expect(delivery.leftover.deadLettered).toBeLessThanOrEqual(4);
    },
  );

  needs("redis", "a primary without persistence that is back too soon empties its replica, WAIT or not", async () => {
    await holds("redis-sentinel-restart-too-soon");
  });

  needs("postgres", "a transaction that is left open makes every look for the next message slower", async () => {
    const { faults } = await holds("postgres-held-transaction");
    expect(faults[0]?.description).toMatch(/held open/);
  });

  needs("redis", "the limiter holds over all workers", async () => {
    await holds("bullmq-rate-limiter");
  });

  needs("redis", "a stream with replicated writes outlives a failover", async () => {
    await holds("redis-sentinel-streams-failover");
  });
});
