import type { Clients } from "../../src/spi/driver.js";
import { natsAdmin } from "./admin.js";
import { NatsConsumer } from "./consumer.js";
import type { NatsOptions } from "./options.js";
import { natsProducer } from "./producer.js";

/** JetStream through the clients of the NATS project. */
export const natsClients: Clients<NatsOptions> = {
  admin: natsAdmin,
  producer: natsProducer,
  consumer: NatsConsumer.start,
};
