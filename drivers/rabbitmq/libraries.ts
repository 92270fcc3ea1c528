import { connectAmqplib } from "./amqplib.js";
import type { AmqpClient, ClientRequest } from "./client.js";
import type { RabbitOptions } from "./options.js";
import { connectRabbitmqClient } from "./rabbitmq-client.js";

/** The clients by their names in the options. */
export const clients: Readonly<Record<RabbitOptions["client"], (request: ClientRequest) => AmqpClient>> = {
  amqplib: connectAmqplib,
  "rabbitmq-client": connectRabbitmqClient,
};
