import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { unwritable } from "../errors.js";
import { makeFolder } from "../os/folders.js";

/**
 * Makes the folder, or with an extension the file, `<out>/<name>-<time>`, with a number behind it when that exists: two
 * commands that begin in the same second never share one. Throws `EnvironmentError` when it can't.
 */
export function freshPath(out: string, name: string, extension = ""): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const base = join(out, `${slugOf(name)}-${stamp}`);
  try {
    makeFolder(out);
    for (let number = 1; ; number++) {
      const path = `${number === 1 ? base : `${base}-${number}`}${extension}`;
      if (claim(path, extension === "")) return path;
    }
  } catch (error) {
    throw unwritable(`the folder ${out}`, error);
  }
}

/** Names of files have at most 255 bytes, and more follows. */
const MOST_SLUG = { letters: 60, bytes: 180 };

/** A name as a part of a path: its letters and digits, of whatever script, with hyphens in between. */
export function slugOf(name: string): string {
  const parts =
    name
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  let slug = "";
  for (const letter of [...parts.join("-")].slice(0, MOST_SLUG.letters)) {
    if (Buffer.byteLength(slug + letter) > MOST_SLUG.bytes) break;
    slug += letter;
  }
  return slug.replace(/-$/, "") || "run";
}

/** Whether this process is the one that made it. */
function claim(path: string, folder: boolean): boolean {
  try {
    if (folder) mkdirSync(path, { mode: 0o700 });
    else writeFileSync(path, "", { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** A path as a person would type it. */
export function shortest(path: string): string {
  const near = relative("", path);
  return near.startsWith("..") ? path : near;
}
