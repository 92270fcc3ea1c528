import { createRequire } from "node:module";

/** Reads package.json wherever this file runs from: the sources, or the build one folder deeper. */
function readVersion(): string {
  const require = createRequire(import.meta.url);
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const { name, version } = require(path) as { name?: string; version?: string };
      if (name === "havoq" && version !== undefined) return version;
    } catch {
      // Not there: the other place is tried.
    }
  }
  return "unknown";
}

/** Version of havoq, as in its package.json. */
export const HAVOQ_VERSION = readVersion();
