import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { unwritable } from "../engine/errors.js";

/**
 * Makes the folder, or with an extension the file, `<out>/<name>-<time>`, with a number behind it when that exists: two
 * commands that begin in the same second never share one. Throws `EnvironmentError` when it can't.
 */
export function freshPath(out: string, name: string, extension = ""): string {
  const slug =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60) || "run";
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const base = join(out, `${slug}-${stamp}`);
  try {
    mkdirSync(out, { recursive: true });
    for (let number = 1; ; number++) {
      const path = `${number === 1 ? base : `${base}-${number}`}${extension}`;
      if (claim(path, extension === "")) return path;
    }
  } catch (error) {
    throw unwritable(`the folder ${out}`, error);
  }
}

/** Whether this process is the one that made it. */
function claim(path: string, folder: boolean): boolean {
  try {
    if (folder) mkdirSync(path);
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
