import type { Durability } from "../../src/spi/broker.js";
import type { Given } from "../../src/spi/driver.js";
import { type PostgresOptions, plainOptions } from "./options.js";
import { type PostgresSettings, postgresRecipe } from "./server.js";

/** What survives a crash of the server's processes with these options. */
export function postgresDurability({ options, settings, host }: Given<PostgresOptions, PostgresSettings>): Durability {
  if (options.client === "plain" && plainOptions(options).unlogged)
    return { confirmedIn: "memory", words: "UNLOGGED table: a crash of the server loses all of it" };
  if (host === "external" && options.synchronousCommit === undefined)
    return { confirmedIn: null, words: "decided by the server's fsync and synchronous_commit" };
  const synchronousCommit =
    options.synchronousCommit === undefined ? settings.synchronousCommit : options.synchronousCommit === "on";
  return postgresRecipe.durability({ ...settings, synchronousCommit }, host);
}
