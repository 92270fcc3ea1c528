import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

/** Handlers of the only worker in the scenarios that break the broker. */
const CONCURRENCY = 4;

describe("truth table: RabbitMQ", () => {
  needs("rabbitmq", "row 9: auto ack loses what a killed worker had buffered", async () => {
    const { delivery, faults } = await holds("09-rabbitmq-auto-ack-worker-crash");
    expect(faults).toHaveLength(5);
    expect(delivery.lostInHandler + delivery.lostBeforeHandler).toBe(delivery.lost);
  });

  needs("rabbitmq", "row 10: manual ack delivers again what a killed worker held", async () => {
    const { faults } = await holds("10-rabbitmq-manual-ack-worker-crash");
    expect(faults).toHaveLength(5);
  });

  for (const how of ["kill", "stop"]) {
    needs("rabbitmq", `row 11: transient messages do not outlive a ${how} of the broker`, async () => {
      const { delivery, faults, target } = await holds(`11-rabbitmq-transient-messages-broker-${how}`);
      // Between the broker's end and the moment that the worker notices it, each handler may begin one more.
      expect(delivery.lost).toBeGreaterThanOrEqual((faults[0]?.undelivered ?? Number.NaN) - 2 * CONCURRENCY);
      expect(target.durability).toContain("transient messages");
    });
  }

  needs("rabbitmq", "row 12: persistent, confirmed messages outlive a kill", async () => {
    await holds("12-rabbitmq-persistent-broker-kill");
  });

  needs("rabbitmq", "row 13: without confirms, what was on its way is lost", async () => {
    const { delivery } = await holds("13-rabbitmq-no-confirms-broker-kill");
    expect(delivery.lostInHandler).toBe(0);
  });

  needs("rabbitmq", "row 14: a quorum queue loses nothing that it confirmed", async () => {
    await holds("14-rabbitmq-quorum-broker-kill");
  });

  needs("rabbitmq", "row 15: a partition longer than the heartbeat makes duplicates, and loses nothing", async () => {
    const { faults, target } = await holds("15-rabbitmq-partition-of-workers");
    expect(faults).toHaveLength(1);
    expect(target.redeliveryHorizonNs).toBeGreaterThanOrEqual(6e9);
  });

  needs("rabbitmq", "a message that no queue wants is confirmed and gone, unless it is mandatory", async () => {
    await holds("rabbitmq-unroutable");
    await holds("rabbitmq-unroutable-mandatory");
  });

  needs("rabbitmq", "a handler longer than the consumer time-out has its message delivered again", async () => {
    const { errors } = await holds("rabbitmq-consumer-timeout");
    expect(errors.some(({ role }) => role === "worker")).toBe(true);
  });

  needs("rabbitmq", "a full queue drops what it had confirmed, unless it rejects publishes", async () => {
    const { delivery } = await holds("rabbitmq-full-queue-drop-head");
    expect(delivery.acked).toBe(delivery.sent);
    const rejecting = await holds("rabbitmq-full-queue-reject-publish");
    expect(rejecting.delivery.acked + rejecting.delivery.rejected).toBe(rejecting.delivery.sent);
  });
});
