import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { DRAMATIQ, type DramatiqOptions, dramatiqRedisOptions } from "./options.js";

type RedisOptions = Extract<DramatiqOptions, { heartbeatTimeout: string }>;

/** Of a worker with nothing to do: it asks for messages about once a second. */
const COMMAND_MS = 1000;
const MILLION = 1_000_000;
const LONGEST_LOOK_MS = 120_000;

/** Dramatiq with Redis as its broker. */
export const dramatiqRedisDriver: FrameworkDriver<RedisOptions, Settings> = {
  name: "dramatiq-redis",
  summary: "Dramatiq (Python) on Redis: late acks, heartbeats, retries and dead letters",
  options: dramatiqRedisOptions,
  broker: redisRecipe,
  runtime: pythonRuntime(DRAMATIQ),
  traits: ({ options }) => {
    // Any command may look for workers whose heartbeats have stopped; how many that takes is a matter of chance.
    const lookMs = Math.min(LONGEST_LOOK_MS, (3 * COMMAND_MS * MILLION) / options.maintenanceChance);
    const retryMs = options.maxRetries > 0 ? 2 * durationOf(options.minBackoff) : 0;
    return {
      can: { ...FULL, retries: options.maxRetries > 0, nodeRoles: SERVER_ROLES },
      redeliveryHorizon: ms(Math.max(durationOf(options.heartbeatTimeout) + lookMs, retryMs)),
      prefetchOption: "prefetch",
    };
  },
  clients: async () => (await import("./redis-clients.js")).dramatiqRedisClients,
};
