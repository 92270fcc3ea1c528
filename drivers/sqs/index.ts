import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { IN_MEMORY_ONLY } from "./fauxqs.js";
import { optionConflicts, type SqsOptions, sqsHorizon, sqsOptions } from "./options.js";
import { type SqsSettings, sqsRecipe } from "./recipe.js";

/** An SQS queue, standard or FIFO, through the AWS SDK. */
export const sqsDriver: Driver<SqsOptions, SqsSettings> = {
  name: "sqs",
  summary: "Amazon SQS, standard or FIFO, through the AWS SDK; local: ElasticMQ, embedded: fauxqs",
  options: sqsOptions,
  broker: sqsRecipe,
  traits: ({ options, settings, host }) => ({
    can: FULL,
    redeliveryHorizon: sqsHorizon(options),
    prefetchOption: "receiveBatch",
    conflicts: [...optionConflicts(options), ...(settings.persistent && host === "embedded" ? [IN_MEMORY_ONLY] : [])],
    honours: { keys: options.fifo || "message groups need target.options.fifo: true" },
  }),
  clients: async () => (await import("./clients.js")).sqsClients,
};
