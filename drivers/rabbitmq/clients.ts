import type { Clients } from "../../src/spi/driver.js";
import { rabbitAdmin } from "./admin.js";
import { RabbitConsumer } from "./consumer.js";
import type { RabbitOptions } from "./options.js";
import { RabbitProducer } from "./producer.js";

/** RabbitMQ through amqplib or rabbitmq-client. */
export const rabbitClients: Clients<RabbitOptions> = {
  admin: rabbitAdmin,
  producer: RabbitProducer.start,
  consumer: RabbitConsumer.start,
};
