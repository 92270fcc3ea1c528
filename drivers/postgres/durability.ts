import type { Durability, HostKind } from "../../src/spi/broker.js";
import { type PostgresOptions, plainOptions } from "./options.js";
import { postgresRecipe, postgresSettings } from "./server.js";

/** What survives a crash of the server's processes with these options. */
export function durability(options: PostgresOptions, settings: unknown, host: HostKind): Durability {
  if (options.client === "plain" && plainOptions(options).unlogged)
    return { confirmedIn: "memory", words: "UNLOGGED table: a crash of the server loses all of it" };
  if (host === "external" && options.synchronousCommit === undefined)
    return { confirmedIn: null, words: "decided by the server's fsync and synchronous_commit" };
  const read = postgresSettings.parse(host === "external" ? {} : settings);
  const synchronousCommit =
    options.synchronousCommit === undefined ? read.synchronousCommit : options.synchronousCommit === "on";
  return postgresRecipe.durability({ ...read, synchronousCommit }, host);
}
