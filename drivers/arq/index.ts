import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { ARQ, type ArqOptions, arqOptions } from "./options.js";

/** The key that says that a job runs lives so much longer than a job may run. */
const BEYOND_TIMEOUT_MS = 10_000;

/** ARQ on Redis. */
export const arqDriver: FrameworkDriver<ArqOptions, Settings> = {
  name: "arq",
  summary: "ARQ (Python, asyncio) on Redis: jobs stay in the queue until they have ended",
  options: arqOptions,
  broker: redisRecipe,
  runtime: pythonRuntime(ARQ),
  traits: ({ options }) => ({
    can: {
      ...FULL,
      inspects: ["ready", "inFlight"],
      retries: options.retryDefer !== undefined,
      nodeRoles: SERVER_ROLES,
    },
    redeliveryHorizon: ms(durationOf(options.jobTimeout) + BEYOND_TIMEOUT_MS + durationOf(options.pollDelay)),
  }),
  clients: async () => (await import("./clients.js")).arqClients,
};
