import type { Consumer, ConsumerContext } from "../../src/spi/driver.js";
import type { Deliver } from "./handling.js";
import { KafkajsConsumer } from "./kafkajs-consumer.js";
import type { KafkaOptions } from "./options.js";
import { PlatformaticConsumer } from "./platformatic-consumer.js";

/** Joins the group of the run with the library that the options name. */
export function kafkaConsumer(context: ConsumerContext<KafkaOptions>, deliver: Deliver): Promise<Consumer> {
  const { start } = context.options.client === "kafkajs" ? KafkajsConsumer : PlatformaticConsumer;
  return start(context, deliver);
}
