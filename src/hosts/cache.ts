import { existsSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../os/folders.js";
import type { Installation } from "../spi/broker.js";

/** Where `havoq install` puts brokers: HAVOQ_CACHE, else `havoq` in the user's cache directory. */
export function cacheDirectory(): string {
  const { HAVOQ_CACHE: own, XDG_CACHE_HOME: cache } = process.env;
  return own || join(cache || join(homedir(), ".cache"), "havoq");
}

/** Directory of an installed broker; `null` when it is not installed. */
export function installed(name: string): string | null {
  const directory = join(cacheDirectory(), name);
  return existsSync(directory) ? directory : null;
}

/** Installs a broker, whole or not at all; answers with its directory. */
export async function install(name: string, installation: Installation, say: (line: string) => void): Promise<string> {
  const directory = join(cacheDirectory(), name);
  const unfinished = unfinishedOf(name);
  discardUnfinished(name);
  // Other users of this machine may share it.
  makeFolder(unfinished, 0o755);
  try {
    await installation.run(unfinished, say);
    rmSync(directory, { recursive: true, force: true });
    renameSync(unfinished, directory);
  } finally {
    discardUnfinished(name);
  }
  return directory;
}

/** Removes what this process has of an installation that has not come to its end. */
export function discardUnfinished(name: string): void {
  rmSync(unfinishedOf(name), { recursive: true, force: true });
}

const unfinishedOf = (name: string) => `${join(cacheDirectory(), name)}.unfinished-${process.pid}`;
