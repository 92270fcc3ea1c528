import type { Driver } from "../../src/spi/driver.js";
import { sqsAdmin } from "./admin.js";
import { SqsConsumer } from "./consumer.js";
import { IN_MEMORY_ONLY } from "./fauxqs.js";
import { optionConflicts, type SqsOptions, sqsHorizon, sqsOptions } from "./options.js";
import { sqsProducer } from "./producer.js";
import { sqsRecipe } from "./recipe.js";

/** An SQS queue, standard or FIFO, through the AWS SDK. */
export const sqsDriver: Driver<SqsOptions> = {
  name: "sqs",
  summary: "Amazon SQS, standard or FIFO, through the AWS SDK; local: ElasticMQ, embedded: fauxqs",
  options: sqsOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "inFlight", "deadLettered"],
  },
  broker: sqsRecipe,
  prefetchOption: "receiveBatch",
  conflicts(options, settings, host) {
    const { persistent } = sqsRecipe.settings.parse(settings ?? {});
    return [...optionConflicts(options), ...(persistent && host === "embedded" ? [IN_MEMORY_ONLY] : [])];
  },
  heeds: ({ fifo }) => ({ keys: fifo || "message groups need target.options.fifo: true" }),
  redeliveryHorizon: sqsHorizon,
  admin: sqsAdmin,
  producer: sqsProducer,
  consumer: SqsConsumer.start,
};
