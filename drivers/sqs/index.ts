import type { Driver } from "../../src/spi/driver.js";
import { sqsAdmin } from "./admin.js";
import { SqsConsumer } from "./consumer.js";
import { sqsRecipe } from "./fauxqs.js";
import { type SqsOptions, sqsHorizon, sqsOptions } from "./options.js";
import { sqsProducer } from "./producer.js";

/** An SQS standard queue through the AWS SDK. */
export const sqsDriver: Driver<SqsOptions> = {
  name: "sqs",
  summary: "Amazon SQS standard queue through the AWS SDK; embedded: fauxqs",
  options: sqsOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "inFlight", "deadLettered"],
  },
  broker: sqsRecipe,
  redeliveryHorizon: sqsHorizon,
  admin: sqsAdmin,
  producer: sqsProducer,
  consumer: SqsConsumer.start,
};
