import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import type { KafkaOptions } from "./options.js";

/** Joins the group of the run with the library that the options name. */
export async function kafkaConsumer(context: ConsumerContext<KafkaOptions>, deliver: Deliver): Promise<Consumer> {
  if (context.options.client === "kafkajs")
    return (await import("./kafkajs-consumer.js")).KafkajsConsumer.start(context, deliver);
  return (await import("./platformatic-consumer.js")).PlatformaticConsumer.start(context, deliver);
}
