import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { BrokerRecipe, Endpoint, Located, Missing } from "../../src/spi/broker.js";
import { sqsClient } from "./client.js";
import { getJson } from "./get-json.js";

const settings = z.strictObject({}).describe("fauxqs has no settings.");

const PROBE_TIMEOUT_MS = 1000;

/** How fauxqs, an SQS of the npm registry, is found, started and known to be ready. */
export const sqsRecipe: BrokerRecipe<z.infer<typeof settings>> = {
  name: "sqs",
  hosts: ["embedded"],
  settings,
  durability: () =>
    "fauxqs keeps messages in memory only: a crash loses everything; Amazon SQS keeps them on several servers",
  async locate() {
    return locate();
  },
  async launch({ port, located }) {
    return { file: located.executable, args: [serverFile(), "--port", String(port)], env: {} };
  },
  probe,
};

function locate(): Located | Missing {
  const hint = "npm install (in the folder of havoq)";
  const version = fauxqsVersion();
  if (version === null) return { found: false, reason: "the npm package fauxqs is not installed", hint };
  if (!existsSync(serverFile()))
    return { found: false, reason: `${serverFile()} was not built`, hint: "npm run build" };
  return { found: true, what: `fauxqs ${version} (npm)`, executable: process.execPath };
}

/** Beside this module in the package; run from the sources (tests), in `dist`. */
function serverFile(): string {
  const beside = fileURLToPath(new URL("./fauxqs-server.js", import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL("../../dist/drivers/sqs/fauxqs-server.js", import.meta.url));
}

/** Its package.json is not among its exports, so that it has to be looked for as Node looks for packages. */
function fauxqsVersion(): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", "fauxqs", "package.json");
    if (existsSync(file))
      return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
    if (folder === dirname(folder)) return null;
  }
}

async function probe(endpoint: Endpoint): Promise<string> {
  if (endpoint.url === undefined) {
    const { status } = await getJson(endpoint, "/health", PROBE_TIMEOUT_MS);
    if (status !== 200) throw new Error(`fauxqs answered with status ${status}`);
    return `fauxqs ${fauxqsVersion()} (in memory)`;
  }
  const client = sqsClient({ endpoint, sockets: 1, attempts: 1 });
  try {
    await client.send(new ListQueuesCommand({ MaxResults: 1 }));
    return `SQS at ${new URL(endpoint.url).host}`;
  } finally {
    client.destroy();
  }
}
