import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BrokerStartError } from "../../src/hosts/broker.js";
import type { LaunchRequest, LaunchSpec, Located, Missing } from "../../src/spi/broker.js";

/** Finds fauxqs, an SQS of the npm registry. */
export function locateFauxqs(): Located | Missing {
  const hint = "npm install (in the folder of havoq)";
  const version = fauxqsVersion();
  if (version === null) return { found: false, reason: "the npm package fauxqs is not installed", hint };
  if (!existsSync(serverFile()))
    return { found: false, reason: `${serverFile()} was not built`, hint: "npm run build" };
  return { found: true, what: `fauxqs ${version} (npm)`, executable: process.execPath };
}

/** How to start fauxqs; throws `BrokerStartError` when it is asked to keep messages. */
export function launchFauxqs({
  port,
  located,
  settings,
}: LaunchRequest<{ readonly persistent?: boolean | undefined }>): LaunchSpec {
  const spec = { file: located.executable, args: [serverFile(), "--port", String(port)], env: {} };
  if (settings.persistent) throw new BrokerStartError("sqs", IN_MEMORY_ONLY, [spec.file, ...spec.args].join(" "), "");
  return spec;
}

/** Why `persistent: true` can't be had on the embedded host. */
export const IN_MEMORY_ONLY =
  "fauxqs, the embedded host, keeps messages in memory only; persistent: true needs host: local (havoq install elasticmq)";

/** Beside this module in the package; run from the sources (tests), in `dist`. */
function serverFile(): string {
  const beside = fileURLToPath(new URL("./fauxqs-server.js", import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL("../../dist/drivers/sqs/fauxqs-server.js", import.meta.url));
}

/**
 * Version of the installed fauxqs, `null` when there is none. Its package.json is not among its exports, so that it has
 * to be looked for as Node looks for packages.
 */
export function fauxqsVersion(): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", "fauxqs", "package.json");
    if (existsSync(file))
      return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
    if (folder === dirname(folder)) return null;
  }
}
