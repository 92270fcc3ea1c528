import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const CLIENTS = ["kafkajs", "platformatic"] as const;

describe("truth table: Kafka", () => {
  needs("kafka", "row 16: one replica and acks all lose nothing when the broker is killed", async () => {
    const { target } = await holds("16-kafka-broker-kill");
    expect(target.brokerVersion).toMatch(/^Kafka \d/);
  });

  needs("kafka", "row 17: without confirms, what was under way is lost with the broker", async () => {
    await holds("17-kafka-acks-0-broker-kill");
  });

  needs("kafka", "row 18: kafkajs with its own commits delivers a crashed worker's messages again", async () => {
    await holds("18-kafkajs-worker-crash");
  });

  needs("kafka", "retention deletes what nobody has read yet", async () => {
    await holds("kafka-retention");
  });

  needs("kafka", "row 19: committing before handling loses what a killed worker held, and no more", async () => {
    for (const client of CLIENTS) await holds("19-kafka-commit-before", [`target.options.client=${client}`]);
  });
});
