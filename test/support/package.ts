import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Puts the package as npm would publish it, and all that it and its users need, into the `node_modules` of a folder. */
export function installPacked(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "havoq"), { recursive: true });
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const file = execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim();
  execFileSync("tar", ["-xzf", join(folder, file), "-C", join(modules, "havoq"), "--strip-components=1"]);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
}

/** A program of the repository's own `node_modules`, as `npx` would run it. */
export const programs: Readonly<Record<string, string>> = {
  tsc: join(root, "node_modules/typescript/bin/tsc"),
  vitest: join(root, "node_modules/vitest/vitest.mjs"),
};
