import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing, private to the user if nothing else is said; throws when that is not possible. Node's own recursive `mkdir`
 * tries for ever below /proc, where a folder is there and takes none.
 */
export function makeFolder(folder: string, mode = 0o700): void {
  const path = resolve(folder);
  if (isFolder(path)) return;
  if (path !== dirname(path)) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!isFolder(path)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
