import type { FrameworkClients } from "../../src/spi/framework.js";
import { bridgeConsumer } from "../shared/framework/bridge-consumer.js";
import { frameworkAdmin } from "../shared/framework/redis-admin.js";
import type { CeleryOptions } from "./options.js";
import { celeryProducer, celeryProgram } from "./program.js";
import { celeryKeys } from "./redis-keys.js";

/** `celery worker` and `apply_async` on Redis. */
export const celeryRedisClients: FrameworkClients<CeleryOptions> = {
  admin: (context) => frameworkAdmin(context, celeryKeys(context.runId, context.options)),
  producer: celeryProducer,
  consumer: (context, deliver) => bridgeConsumer(celeryProgram, context, deliver),
  program: celeryProgram,
};
