import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { durabilityWith } from "./durability.js";
import { SERVER_ROLES } from "./sentinel-nodes.js";
import { redisRecipe } from "./server.js";
import type { Settings } from "./server-settings.js";
import { type StreamsOptions, streamsHorizon, streamsOptions } from "./streams-options.js";

/** A Redis stream with one consumer group: XADD, XREADGROUP, XACK. */
export const redisStreamsDriver: Driver<StreamsOptions, Settings> = {
  name: "redis-streams",
  summary: "Redis stream with a consumer group: XADD, XREADGROUP, XACK, XAUTOCLAIM",
  options: streamsOptions,
  broker: redisRecipe,
  traits: ({ options, settings, host }) => ({
    can: { ...FULL, nodeRoles: SERVER_ROLES },
    redeliveryHorizon: streamsHorizon(options),
    durability: durabilityWith(options.wait, settings, host),
    prefetchOption: "count",
  }),
  clients: async () => (await import("./streams-clients.js")).streamsClients,
};
