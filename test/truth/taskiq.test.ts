import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const onRedis = ["redis", "taskiq"] as const;
const atOnce = { concurrency: 4, prefetch: 2 };

describe("truth table: TaskIQ", () => {
  needs(onRedis, "row 34: a stream keeps what a crashed worker had, until another one claims it", async () => {
    const { target } = await holds("34-taskiq-stream-worker-crash");
    expect(target.framework).toMatch(/^taskiq \d/);
  });

  needs(onRedis, "row 34: a task whose worker dies between its end and its ack is repeated, not lost", async () => {
    const env = { HAVOQ_STOP_AFTER: "completed:20" };
    await holds("34-taskiq-stream-worker-crash", [], { env });
  });

  needs(onRedis, "row 34: a list loses what a crashed worker had, and no more", async () => {
    const { delivery } = await holds("34-taskiq-list-worker-crash");
    expect(delivery.lost).toBeLessThanOrEqual(atOnce.concurrency + atOnce.prefetch);
  });

  needs(onRedis, "a deployment loses and repeats nothing", async () => {
    const { faults } = await holds("taskiq-deployment");
    expect(faults.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^SIGTERM of worker-0: ended after/),
      expect.stringMatching(/^SIGTERM of worker-1: ended after/),
    ]);
  });
});
