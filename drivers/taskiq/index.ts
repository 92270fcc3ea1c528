import type { FrameworkDriver } from "../../src/spi/framework.js";
import { ms } from "../../src/units.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { durationOf } from "../shared/duration.js";
import { pythonRuntime } from "../shared/framework/python.js";
import { TASKIQ } from "./framework.js";
import { conflictsOf, type TaskiqOptions, taskiqOptions } from "./options.js";

/** A process of a worker that has ended is replaced by its main process within this time. */
const REPLACED_MS = 2000;

/** TaskIQ on a list or a stream of Redis. */
export const taskiqDriver: FrameworkDriver<TaskiqOptions, Settings> = {
  name: "taskiq",
  summary: "TaskIQ (Python) on Redis: its own worker, on a list without acks or on a stream with them",
  options: taskiqOptions,
  broker: redisRecipe,
  runtime: pythonRuntime(TASKIQ),
  traits: ({ options }) => ({
    can: { ...FULL, inspects: ["ready", "inFlight"], retries: options.retries > 0, nodeRoles: SERVER_ROLES },
    // Only a worker that is given something new looks for what it may claim.
    redeliveryHorizon: ms(options.broker === "list" ? 0 : durationOf(options.idleTimeout) + REPLACED_MS),
    prefetchOption: "prefetch",
    conflicts: conflictsOf(options),
  }),
  clients: async () => (await import("./clients.js")).taskiqClients,
};
