import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("truth table: BullMQ and Bull", () => {
  needs("redis", "row 26: BullMQ runs a crashed worker's jobs again", async () => {
    const { faults } = await holds("26-bullmq-worker-crash");
    expect(faults).toHaveLength(5);
  });

  needs("redis", "row 26: Bull runs a crashed worker's jobs again", async () => {
    const { faults } = await holds("26-bull-worker-crash");
    expect(faults).toHaveLength(5);
  });

  needs("redis", "row 27: a job that loses a second worker goes to BullMQ's failed set", async () => {
    const { delivery } = await holds("27-bullmq-max-stalled");
    // It had its second delivery before it lost the second worker.
    expect(delivery.duplicates.redelivered).toBeGreaterThanOrEqual(delivery.deadLettered);
  });

  needs("redis", "a deployment loses and repeats nothing", async () => {
    await holds("bullmq-deployment");
  });

  needs("redis", "jobs are no safer than the Redis that holds them", async () => {
    await holds("bullmq-no-persistence-broker-kill");
  });

  needs("redis", "an add that ioredis sends again makes a job twice, unless the job has an id of its own", async () => {
    await holds("bullmq-resent-add");
    await holds("bullmq-resent-add-with-id");
  });
});
