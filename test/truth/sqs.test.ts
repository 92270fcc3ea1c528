import { describe, expect } from "vitest";
import type { RunResult } from "../../src/result-schema.js";
import { hashToUnit } from "../../src/stats/random.js";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

/** How many of one producer's messages are poison, by the same hash as the workers'. */
function poisonAmong({ delivery, run }: RunResult, share: number): number {
  const poison = (sequence: number) => hashToUnit(run.seed, 0, 0, sequence) < share;
  return Array.from({ length: delivery.sent }, (_, sequence) => sequence).filter(poison).length;
}

describe("truth table: SQS", () => {
  needs("sqs", "row 22: a visibility timeout shorter than the handler makes duplicates", async () => {
    await holds("22-sqs-visibility-too-short");
  });

  needs("sqs", "row 23: a crashed worker's messages come back after the visibility timeout", async () => {
    const { target, faults } = await holds("23-sqs-worker-crash");
    expect(target.redeliveryHorizonNs).toBeGreaterThanOrEqual(3e9);
    expect(faults).toHaveLength(3);
  });

  needs("sqs", "row 24: a redrive policy takes the poison messages away, and no others", async () => {
    const result = await holds("24-sqs-redrive-poison");
    const { delivery } = result;
    expect(delivery.indeterminate).toBe(0);
    expect(delivery.deadLettered).toBe(poisonAmong(result, 0.05));
    expect(delivery.ok).toBe(delivery.acked - delivery.deadLettered);
  });

  needs("sqs", "row 25: fauxqs, in memory, loses all that was undelivered when it is killed", async () => {
    await holds("25-fauxqs-broker-kill");
  });

  needs("sqs", "a FIFO queue keeps the order of a group whose workers crash", async () => {
    await holds("sqs-fifo-worker-crash");
  });

  needs("sqs", "answers that are cut off make the SDK send twice; only a FIFO queue notices", async () => {
    await holds("sqs-standard-answer-cut");
    await holds("sqs-fifo-answer-cut");
  });
});
