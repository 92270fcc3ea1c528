import type { Clients } from "../../src/spi/driver.js";
import { kafkaAdmin } from "./admin.js";
import { kafkaConsumer } from "./consumer.js";
import type { KafkaOptions } from "./options.js";
import { kafkaProducer } from "./producer.js";

/** Kafka through kafkajs or @platformatic/kafka; havoq's own view of it is always through the latter. */
export const kafkaClients: Clients<KafkaOptions> = {
  admin: kafkaAdmin,
  producer: kafkaProducer,
  consumer: kafkaConsumer,
};
