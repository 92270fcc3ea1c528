import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import * as z from "zod";
import type {
  BrokerRecipe,
  ContainerRequest,
  ContainerSpec,
  Durability,
  Endpoint,
  LaunchRequest,
  LaunchSpec,
  Located,
  Missing,
} from "../../src/spi/broker.js";
import { durationText } from "../shared/duration.js";
import { findProgram } from "../shared/find-program.js";
import { connectionOptions } from "./connection.js";
import { natsRefusal } from "./refusal.js";

const settings = z.strictObject({
  syncInterval: z
    .union([z.literal("always"), durationText({ min: 1 })])
    .optional()
    .describe(
      'time between two fsyncs of the files, or "always" (2.10 and later); the server\'s own (2min) when not given',
    ),
});
/** What `target.broker` says of NATS, as its schema gives it back. */
export type NatsSettings = z.infer<typeof settings>;

const PROBE_TIMEOUT_MS = 1000;

/** How NATS with JetStream is found, started and known to be ready. */
export const natsRecipe: BrokerRecipe<NatsSettings> = {
  name: "nats",
  settings,
  durability,
  server: { probe, refusal: natsRefusal, url: { ports: { nats: 4222, tls: 4222 }, credentials: true } },
  process: { hosts: ["local"], locate, launch },
  container: { image: "nats:2.11.4-alpine", describe },
};

async function launch({ dir, port, settings, located }: LaunchRequest<NatsSettings>): Promise<LaunchSpec> {
  const file = join(dir, "nats.conf");
  await writeFile(file, configuration(`127.0.0.1:${port}`, join(dir, "data"), settings));
  return { file: located.executable, args: ["--config", file], env: {} };
}

function describe({ ports, settings }: ContainerRequest<NatsSettings>): ContainerSpec {
  const file = "/etc/havoq/nats.conf";
  return {
    command: ["nats-server", "--config", file],
    files: { [file]: configuration(`0.0.0.0:${ports.client}`, "/data", settings) },
    data: "/data",
  };
}

/** A file, as there is no argument for how often it syncs. */
function configuration(listen: string, data: string, { syncInterval }: NatsSettings): string {
  const sync = syncInterval === undefined ? "" : `, sync_interval: ${natsDuration(syncInterval)}`;
  return `listen: "${listen}"\njetstream { store_dir: ${JSON.stringify(data)}${sync} }\n`;
}

/** "500 ms" and "2min" as the server writes them. */
const natsDuration = (text: string) =>
  text === "always" ? "always" : JSON.stringify(text.replace(/\s/g, "").replace("min", "m"));

/** Whether messages outlive a crash of the server's process; the stream's storage decides that too. */
function durability({ syncInterval }: NatsSettings): Durability {
  const powerLoss = syncInterval === "always" ? "nothing" : `up to ${syncInterval ?? "2min"} of messages`;
  const words = `files, written before the answer and synced later: a process crash loses nothing confirmed, a power loss ${powerLoss}`;
  return { confirmedIn: syncInterval === "always" ? "disk" : "page cache", words };
}

async function locate(): Promise<Located | Missing> {
  const found = await findProgram({ programs: ["nats-server"], homeVariable: "HAVOQ_NATS_HOME" });
  if ("reason" in found) return { found: false, reason: found.reason, hint: "apt-get install nats-server" };
  return { found: true, what: found.path, executable: found.path };
}

/** The server listens before its streams are recovered; JetStream answers after. */
async function probe(endpoint: Endpoint): Promise<string> {
  const nats = await connect({ ...connectionOptions(endpoint), timeout: PROBE_TIMEOUT_MS, reconnect: false });
  try {
    await jetstreamManager(nats, { timeout: PROBE_TIMEOUT_MS });
    return `NATS ${nats.info?.version ?? "of unknown version"}`;
  } finally {
    await nats.close();
  }
}
