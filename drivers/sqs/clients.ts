import type { Clients } from "../../src/spi/driver.js";
import { sqsAdmin } from "./admin.js";
import { SqsConsumer } from "./consumer.js";
import type { SqsOptions } from "./options.js";
import { sqsProducer } from "./producer.js";

/** SQS through the AWS SDK. */
export const sqsClients: Clients<SqsOptions> = {
  admin: sqsAdmin,
  producer: sqsProducer,
  consumer: SqsConsumer.start,
};
