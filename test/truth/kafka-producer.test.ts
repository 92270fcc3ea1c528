import { describe } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const CLIENTS = ["kafkajs", "platformatic"] as const;

describe("truth table: producers of Kafka", () => {
  needs("kafka", "row 20: a send that is repeated after a lost answer makes messages twice", async () => {
    for (const client of CLIENTS) await holds("20-kafka-retries-answer-cut", [`target.options.client=${client}`]);
  });

  needs("kafka", "row 21: an idempotent producer does not", async () => {
    for (const client of CLIENTS) await holds("21-kafka-idempotent-answer-cut", [`target.options.client=${client}`]);
  });

  needs(
    "kafka",
    "@platformatic/kafka: autocommit loses what was fetched, idempotent sends at once lose each other",
    async () => {
      await holds("kafka-platformatic-autocommit");
      await holds("kafka-platformatic-idempotent-concurrent");
    },
  );
});
