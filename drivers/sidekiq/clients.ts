import type { FrameworkClients } from "../../src/spi/framework.js";
import { bridgeConsumer } from "../shared/framework/bridge-consumer.js";
import { frameworkAdmin } from "../shared/framework/redis-admin.js";
import { sidekiqKeys } from "./keys.js";
import type { SidekiqOptions } from "./options.js";
import { sidekiqProducer, sidekiqProgram } from "./program.js";

/** `sidekiq` and `Sidekiq::Client.push` on Redis. */
export const sidekiqClients: FrameworkClients<SidekiqOptions> = {
  admin: (context) => frameworkAdmin(context, sidekiqKeys(context.runId)),
  producer: sidekiqProducer,
  consumer: (context, deliver) => bridgeConsumer(sidekiqProgram, context, deliver),
  program: sidekiqProgram,
};
