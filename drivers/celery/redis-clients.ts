import { pythonClients } from "../shared/framework/python-clients.js";
import { frameworkAdmin } from "../shared/framework/redis-admin.js";
import { celeryWorker } from "./program.js";
import { celeryKeys } from "./redis-keys.js";

/** `celery worker` and `apply_async` on Redis. */
export const celeryRedisClients = pythonClients(celeryWorker, (context) =>
  frameworkAdmin(context, celeryKeys(context.runId, context.options)),
);
