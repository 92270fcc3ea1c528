import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const onRedis = ["redis", "celery"] as const;
const onRabbit = ["rabbitmq", "celery"] as const;

describe("truth table: Celery", () => {
  needs(onRedis, "row 28: early acks lose what runs, and what was taken ahead is stuck", async () => {
    const { delivery, target } = await holds("28-celery-early-ack-worker-crash");
    expect(delivery.lostBeforeHandler, "what no handler had begun is in `unacked`").toBe(0);
    expect(delivery.lost, "what runs is as many as there are processes in the pool").toBeLessThanOrEqual(4);
    expect(target.framework).toMatch(/^celery \d/);
  });

  needs(onRabbit, "row 28: on RabbitMQ what was taken ahead goes back at once", async () => {
    await holds("28-celery-rabbitmq-early-ack-worker-crash");
  });

  needs(onRedis, "row 29: late acks repeat after the visibility timeout", async () => {
    await holds("29-celery-acks-late-worker-crash");
  });

  needs(onRabbit, "row 29: late acks repeat at once on RabbitMQ", async () => {
    await holds("29-celery-rabbitmq-acks-late-worker-crash");
  });

  needs(onRabbit, "a task that had ended, and whose worker dies before the ack, is repeated and not lost", async () => {
    await holds("29-celery-rabbitmq-acks-late-worker-crash", ["faults.0.which=all"], {
      env: { HAVOQ_STOP_AFTER: "completed:20" },
    });
  });

  needs(onRedis, "a killed pool process loses its task despite acks_late, unless it is rejected", async () => {
    await holds("celery-acks-late-child-kill");
    await holds("celery-reject-on-worker-lost-child-kill");
  });

  needs(onRedis, "a deployment loses and repeats nothing", async () => {
    const { faults } = await holds("celery-deployment");
    expect(faults.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^SIGTERM of worker-0: ended after/),
      expect.stringMatching(/^SIGTERM of worker-1: ended after/),
    ]);
  });

  needs(onRedis, "processes that are replaced after some tasks lose and repeat nothing", async () => {
    await holds("celery-max-tasks-per-child");
  });
});
