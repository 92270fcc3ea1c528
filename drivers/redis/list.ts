import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { durabilityWith } from "./durability.js";
import { type ListOptions, listHorizon, listOptions } from "./list-options.js";
import { SERVER_ROLES } from "./sentinel-nodes.js";
import { redisRecipe } from "./server.js";
import type { Settings } from "./server-settings.js";

/** Redis lists as a queue: LPUSH, and BRPOP or BLMOVE. */
export const redisListDriver: Driver<ListOptions, Settings> = {
  name: "redis-list",
  summary: "Redis list: LPUSH, and BRPOP or BLMOVE with LREM",
  options: listOptions,
  broker: redisRecipe,
  traits: ({ options, settings, host }) => ({
    can: { ...FULL, nodeRoles: SERVER_ROLES },
    redeliveryHorizon: listHorizon(options),
    durability: durabilityWith(options.wait, settings, host),
  }),
  clients: async () => (await import("./list-clients.js")).listClients,
};
