import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { conflictsOf } from "./conflicts.js";
import { type CeleryOptions, celeryRedisOptions, longestWait } from "./options.js";
import { CELERY } from "./program.js";

type RedisOptions = Extract<CeleryOptions, { visibilityTimeout: string }>;

/** How often a worker looks for messages whose visibility timeout is over, and how long after its own start at most. */
const SWEEP_MS = 100_000;

/** Celery with Redis as its broker. */
export const celeryRedisDriver: FrameworkDriver<RedisOptions, Settings> = {
  name: "celery-redis",
  summary: "Celery (Python) on Redis: its own worker, with early or late acks and a visibility timeout",
  options: celeryRedisOptions,
  broker: redisRecipe,
  runtime: pythonRuntime(CELERY),
  traits: ({ options }) => ({
    can: { ...FULL, inspects: ["ready", "inFlight"], retries: options.retries > 0, nodeRoles: SERVER_ROLES },
    // kombu sweeps every 10th time that a poll of 10 s comes back empty, and at the start of a worker.
    redeliveryHorizon: ms(Math.max(durationOf(options.visibilityTimeout) + SWEEP_MS, longestWait(options))),
    honours: options.priorities ? { priorities: 9 } : { priorities: "write options: { priorities: true }" },
    prefetchOption: "prefetchMultiplier",
    conflicts: conflictsOf(options),
  }),
  clients: async () => (await import("./redis-clients.js")).celeryRedisClients,
};
