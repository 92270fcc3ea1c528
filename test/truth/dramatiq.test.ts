import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const onRedis = ["redis", "dramatiq"] as const;
const onRabbit = ["rabbitmq", "dramatiq"] as const;

describe("truth table: Dramatiq", () => {
  needs(
    onRabbit,
    "row 32: what a crashed worker had comes again at once, a message that had ended as well",
    async () => {
      await holds("32-dramatiq-rabbitmq-worker-crash", [], { env: { HAVOQ_STOP_AFTER: "completed:20" } });
    },
  );

  needs(onRedis, "row 32: on Redis it comes again after the heartbeat's time", async () => {
    await holds("32-dramatiq-redis-worker-crash");
  });

  needs(onRedis, "a deployment loses and repeats nothing", async () => {
    await holds("dramatiq-deployment");
  });

  needs(onRabbit, "what fails each time is dead-lettered after its retries", async () => {
    const { delivery, workers } = await holds("dramatiq-poison");
    expect(workers.failed).toBe(2 * delivery.deadLettered);
  });
});
