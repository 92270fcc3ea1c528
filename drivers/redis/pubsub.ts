import type { Driver } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";
import { FULL } from "../shared/capabilities.js";
import { type PubsubOptions, pubsubOptions } from "./pubsub-options.js";
import { SERVER_ROLES } from "./sentinel-nodes.js";
import { redisRecipe } from "./server.js";
import type { Settings } from "./server-settings.js";

/** Redis pub/sub: every subscriber that is connected gets every message, the others never do. */
export const redisPubsubDriver: Driver<PubsubOptions, Settings> = {
  name: "redis-pubsub",
  summary: "Redis pub/sub: PUBLISH and SUBSCRIBE; each worker process gets every message, and none is kept",
  options: pubsubOptions,
  broker: redisRecipe,
  traits: () => ({
    can: { ...FULL, retries: false, inspects: ["ready", "inFlight"], nodeRoles: SERVER_ROLES },
    redeliveryHorizon: ms(0),
    durability: { confirmedIn: "memory", words: "kept nowhere: whoever is not connected never gets it" },
  }),
  clients: async () => (await import("./pubsub-clients.js")).pubsubClients,
};
