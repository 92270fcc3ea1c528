import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { HUEY, type HueyOptions, hueyOptions } from "./options.js";

/** Huey on Redis. */
export const hueyDriver: FrameworkDriver<HueyOptions, Settings> = {
  name: "huey",
  summary: "Huey (Python) on Redis: tasks are popped before they run",
  options: hueyOptions,
  broker: redisRecipe,
  runtime: pythonRuntime(HUEY),
  traits: ({ options }) => ({
    can: { ...FULL, inspects: ["ready"], retries: options.retries > 0, nodeRoles: SERVER_ROLES },
    // What was popped is nobody's any more; a retry waits for its time, and for the scheduler that looks once a second.
    redeliveryHorizon: ms(options.retries > 0 ? durationOf(options.retryDelay) + 1000 : 0),
  }),
  clients: async () => (await import("./clients.js")).hueyClients,
};
