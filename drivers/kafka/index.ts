import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { kafkaRecipe } from "./broker.js";
import { kafkaDurability } from "./durability.js";
import { type KafkaOptions, kafkaConflicts, kafkaHorizon, kafkaOptions } from "./options.js";
import type { KafkaSettings } from "./settings.js";

/** A Kafka topic and one consumer group, through kafkajs or @platformatic/kafka. */
export const kafkaDriver: Driver<KafkaOptions, KafkaSettings> = {
  name: "kafka",
  summary: "Apache Kafka topic with a consumer group, through kafkajs or @platformatic/kafka",
  options: kafkaOptions,
  broker: kafkaRecipe,
  traits: ({ options, settings, host }) => ({
    can: { ...FULL, inspects: ["ready"], nodeRoles: ["leader", "follower"] },
    redeliveryHorizon: kafkaHorizon(options),
    durability: kafkaDurability(options, settings, host === "external"),
    conflicts: kafkaConflicts(options, settings),
    honours: { keys: true },
  }),
  clients: async () => (await import("./clients.js")).kafkaClients,
};
