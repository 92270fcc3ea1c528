import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { postgresDurability } from "./durability.js";
import { type PostgresOptions, postgresHonours, postgresHorizon, postgresOptions } from "./options.js";
import { type PostgresSettings, postgresRecipe } from "./server.js";

/** A PostgreSQL table as a queue: of our own, or of a library. */
export const postgresDriver: Driver<PostgresOptions, PostgresSettings> = {
  name: "postgres",
  summary: "PostgreSQL as a queue: SKIP LOCKED, pg-boss or graphile-worker; embedded: PostgreSQL of the npm registry",
  options: postgresOptions,
  broker: postgresRecipe,
  traits: (given) => ({
    can: { ...FULL, holds: ["transaction"] },
    redeliveryHorizon: postgresHorizon(given.options),
    durability: postgresDurability(given),
    honours: postgresHonours(given.options),
  }),
  clients: async (options) => (await import("./clients.js")).postgresClients(options),
};
