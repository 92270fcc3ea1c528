import { existsSync } from "node:fs";
import { join, relative } from "node:path";

/** `<out>/<name>-<time>`, with a number behind it when that exists. */
export function freshPath(out: string, name: string, extension = ""): string {
  const slug =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60) || "run";
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const base = join(out, `${slug}-${stamp}`);
  for (let number = 1; ; number++) {
    const path = `${number === 1 ? base : `${base}-${number}`}${extension}`;
    if (!existsSync(path)) return path;
  }
}

/** A path as a person would type it. */
export function shortest(path: string): string {
  const near = relative("", path);
  return near.startsWith("..") ? path : near;
}
