import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { RQ, type RqOptions, rqOptions } from "./options.js";

/** RQ on Redis. */
export const rqDriver: FrameworkDriver<RqOptions, Settings> = {
  name: "rq",
  summary: "RQ (Python) on Redis: a work horse for each job, and registries of what runs and what failed",
  options: rqOptions,
  broker: redisRecipe,
  runtime: pythonRuntime(RQ),
  traits: ({ options }) => ({
    can: { ...FULL, retries: options.retries > 0, nodeRoles: SERVER_ROLES },
    // What a dead worker had is never run again by itself: some minutes later it is moved to the failed ones.
    redeliveryHorizon: ms(options.retries > 0 ? durationOf(options.retryInterval) : 0),
  }),
  clients: async () => (await import("./clients.js")).rqClients,
};
