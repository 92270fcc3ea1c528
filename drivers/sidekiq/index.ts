import type { FrameworkDriver } from "../../src/spi/framework.js";
import { SERVER_ROLES } from "../redis/sentinel-nodes.js";
import { redisRecipe } from "../redis/server.js";
import type { Settings } from "../redis/server-settings.js";
import { FULL } from "../shared/capabilities.js";
import { rubyRuntime } from "../shared/framework/ruby.js";
import { conflictsOf, firstRetry, type SidekiqOptions, sidekiqOptions, triesAgain } from "./options.js";
import { SIDEKIQ } from "./program.js";

/** Sidekiq with its free fetch, which takes a job off Redis before it runs. */
export const sidekiqDriver: FrameworkDriver<SidekiqOptions, Settings> = {
  name: "sidekiq",
  summary: "Sidekiq (Ruby) on Redis: its own worker and its free fetch, with retries and a dead set",
  options: sidekiqOptions,
  broker: redisRecipe,
  runtime: rubyRuntime(SIDEKIQ),
  traits: ({ options }) => ({
    can: {
      ...FULL,
      inspects: ["ready", "deadLettered"],
      retries: triesAgain(options),
      nodeRoles: SERVER_ROLES,
    },
    redeliveryHorizon: firstRetry(options),
    conflicts: conflictsOf(options),
  }),
  clients: async () => (await import("./clients.js")).sidekiqClients,
};
