import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of a file of havoq's package, such as "docker/kafka/pom.xml", from its sources or as installed. */
export function packageFile(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return join(folder, path);
  }
  throw new Error(`havoq's package has no ${path}`);
}
