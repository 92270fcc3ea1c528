import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "../truth/holds.js";

/** Rows of the truth table on Docker: the scenario of the local host, and so the same verdict, from a broker in a container. */
const ROWS = [
  "01-redis-list-brpop-worker-crash",
  "05-redis-no-persistence-broker-kill",
  "06-redis-aof-everysec-broker-kill",
  "09-rabbitmq-auto-ack-worker-crash",
  "11-rabbitmq-transient-messages-broker-kill",
  "14-rabbitmq-quorum-broker-kill",
  "16-kafka-broker-kill",
  "20-kafka-retries-answer-cut",
  "26-bullmq-worker-crash",
  "35-postgres-transaction-broker-kill",
  "nats-file-broker-kill",
  "sqs-elasticmq-written-kill",
];

describe("the truth table in containers", () => {
  for (const row of ROWS) {
    needs("docker", row, async () => {
      const { target } = await holds(row, ["target.host=container"]);
      expect(target.host).toBe("container");
      expect(target.image).toMatch(/^havoq\/\w+:local@sha256:[0-9a-f]{64}$/);
    });
  }
});
