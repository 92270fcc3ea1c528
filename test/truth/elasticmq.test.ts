import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("truth table: SQS on ElasticMQ", () => {
  needs("elasticmq", "row 24 on ElasticMQ: the same", async () => {
    const { delivery } = await holds("24-sqs-redrive-poison", ["target.host=local"]);
    expect(delivery.ok).toBe(delivery.acked - delivery.deadLettered);
  });

  needs("elasticmq", "a FIFO queue of ElasticMQ keeps the order of a group whose workers crash", async () => {
    await holds("sqs-fifo-worker-crash", ["target.host=local"]);
  });

  needs("elasticmq", "ElasticMQ loses nothing in a kill when its database writes at each commit", async () => {
    const { target } = await holds("sqs-elasticmq-written-kill");
    expect(target.durability).toContain("loses nothing confirmed");
  });

  needs("elasticmq", "ElasticMQ loses what it confirmed within its database's write delay", async () => {
    const { target } = await holds("sqs-elasticmq-default-kill");
    expect(target.durability).toContain("500ms");
  });

  needs("elasticmq", "a FIFO queue of ElasticMQ is out of order after a kill of the broker", async () => {
    await holds("sqs-elasticmq-fifo-kill");
  });
});
