import { existsSync } from "node:fs";
import { BrokerStartError } from "../../src/hosts/broker.js";
import { installedPackage, programFile } from "../../src/package.js";
import type { LaunchRequest, LaunchSpec, Located, Missing } from "../../src/spi/broker.js";

/** Finds fauxqs, an SQS of the npm registry. */
export function locateFauxqs(): Located | Missing {
  const hint = "npm install (in the folder of havoq)";
  const version = installedPackage("fauxqs")?.version;
  if (version === undefined) return { found: false, reason: "the npm package fauxqs is not installed", hint };
  const server = programFile("fauxqs-server");
  if (!existsSync(server)) return { found: false, reason: `${server} was not built`, hint: "npm run build" };
  return { found: true, what: `fauxqs ${version} (npm)`, executable: process.execPath };
}

/** How to start fauxqs; throws `BrokerStartError` when it is asked to keep messages. */
export function launchFauxqs({
  port,
  located,
  settings,
}: LaunchRequest<{ readonly persistent?: boolean | undefined }>): LaunchSpec {
  const spec = { file: located.executable, args: [programFile("fauxqs-server"), "--port", String(port)], env: {} };
  if (settings.persistent) throw new BrokerStartError("sqs", IN_MEMORY_ONLY, [spec.file, ...spec.args].join(" "), "");
  return spec;
}

/** Why `persistent: true` can't be had on the embedded host. */
export const IN_MEMORY_ONLY =
  "fauxqs, the embedded host, keeps messages in memory only; persistent: true needs host: local (havoq install elasticmq)";
