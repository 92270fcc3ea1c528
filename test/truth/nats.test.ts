import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("truth table: NATS JetStream", () => {
  needs("nats", "a stream in files loses nothing when the server is killed", async () => {
    const { target } = await holds("nats-file-broker-kill");
    expect(target.durability).toContain("power loss");
  });

  needs("nats", "a stream in memory loses all that was undelivered", async () => {
    await holds("nats-memory-broker-kill");
  });

  needs("nats", "explicit acks: what a killed worker held comes back after ackWait", async () => {
    await holds("nats-explicit-worker-crash");
  });

  needs("nats", "without acks, what a killed worker held is lost", async () => {
    const { delivery, faults } = await holds("nats-ack-none-worker-crash");
    // Five workers with eight handlers, and no more: none waits in the client.
    expect(faults).toHaveLength(5);
    expect(delivery.lost).toBeLessThanOrEqual(40);
  });

  needs("nats", "acks that stand for earlier messages lose what other handlers held", async () => {
    await holds("nats-ack-all-worker-crash");
  });

  needs("nats", "a client that repeats publishes makes messages twice, unless they have ids", async () => {
    await holds("nats-repeats-id-none");
    await holds("nats-repeats-id-sequence");
  });
});
