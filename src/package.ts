import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** An npm package that is installed. */
export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

/** havoq's own folder and those around it, from the inside out: where Node looks for packages. */
function* foldersAround(): Generator<string> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}

const versionOf = (manifest: string): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8"))).version;

/** Absolute path of a file of havoq's package, such as "docker/kafka/pom.xml", whether havoq runs from its sources or its build. */
export function packageFile(path: string): string {
  for (const folder of foldersAround()) if (existsSync(join(folder, "package.json"))) return join(folder, path);
  throw new Error(`havoq's package has no ${path}`);
}

/** Absolute path of one of havoq's programs other than its command line; `npm run build` makes it. */
export function programFile(name: "agent" | "pacer-thread" | "proxy" | "fauxqs-server"): string {
  return packageFile(`dist/bin/${name}.js`);
}

/** The package of this name that havoq would load; `null` when it is not installed. Packages need not export their package.json. */
export function installedPackage(name: string): InstalledPackage | null {
  for (const around of foldersAround()) {
    const folder = join(around, "node_modules", name);
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return { folder, version: versionOf(manifest) };
  }
  return null;
}

/** Version of havoq, as in its package.json. */
export const HAVOQ_VERSION = versionOf(packageFile("package.json"));
