import type { Driver } from "../../src/spi/driver.js";
import { kafkaAdmin } from "./admin.js";
import { kafkaRecipe } from "./broker.js";
import { kafkaConsumer } from "./consumer.js";
import { kafkaDurability } from "./durability.js";
import { type KafkaOptions, kafkaConflicts, kafkaHorizon, kafkaOptions } from "./options.js";
import { kafkaProducer } from "./producer.js";
import { kafkaSettings } from "./settings.js";

/** A Kafka topic and one consumer group, through kafkajs or @platformatic/kafka. */
export const kafkaDriver: Driver<KafkaOptions> = {
  name: "kafka",
  summary: "Apache Kafka topic with a consumer group, through kafkajs or @platformatic/kafka",
  options: kafkaOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: false,
    inspects: ["ready"],
    nodeRoles: ["leader", "follower"],
  },
  broker: kafkaRecipe,
  durability: (options, settings, host) =>
    kafkaDurability(options, kafkaSettings.parse(settings ?? {}), host === "external"),
  conflicts: kafkaConflicts,
  heeds: () => ({ keys: true }),
  redeliveryHorizon: kafkaHorizon,
  admin: kafkaAdmin,
  producer: kafkaProducer,
  consumer: kafkaConsumer,
};
