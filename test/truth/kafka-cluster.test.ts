import { describe } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("a Kafka cluster, beyond the truth table", () => {
  needs(
    "kafka",
    "acks 1 loses what a dead leader had not passed on, acks all with two in-sync replicas nothing",
    async () => {
      await holds("kafka-acks-1-leader-kill");
      await holds("kafka-acks-all-leader-kill");
    },
  );
});
