import { appendFileSync, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it, type TestOptions } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { chooseHost } from "../../src/hosts/choose.js";
import { findEngine } from "../../src/hosts/container/engine.js";
import { imageVariable } from "../../src/hosts/container/image.js";
import { composeCommand } from "../container/docker.js";
import { chooseProcessHost } from "./process-host.js";

/** A system that a test needs and a machine may not have, as in HAVOQ_REQUIRE. */
export type SystemName = keyof typeof DRIVER_OF | "elasticmq" | "chromium" | "docker";

const DRIVER_OF = {
  redis: "redis-list",
  sqs: "sqs",
  rabbitmq: "rabbitmq",
  kafka: "kafka",
  nats: "nats-jetstream",
  postgres: "postgres",
} as const;
/** The recipes that run in containers. */
const IN_CONTAINERS = ["redis", "rabbitmq", "kafka", "nats", "postgres", "sqs"];
const CHROMIUM_PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of a Chromium (HAVOQ_CHROMIUM, playwright's own, or one on PATH); `null` when there is none. */
export async function chromiumPath(): Promise<string | null> {
  const { chromium } = await import("playwright-core");
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [
    process.env["HAVOQ_CHROMIUM"] ?? "",
    chromium.executablePath(),
    ...folders.flatMap((folder) => CHROMIUM_PROGRAMS.map((program) => join(folder, program))),
  ];
  return candidates.find((candidate) => candidate !== "" && existsSync(candidate)) ?? null;
}

/** Why a system can't be tested here and how to get it; `null` when it can. */
async function whyMissing(name: SystemName): Promise<string | null> {
  if (name === "chromium")
    return (await chromiumPath()) === null ? "no Chromium (get it with: apt-get install chromium)" : null;
  if (name === "docker") return whyNoDocker();
  // Two servers stand behind one driver: fauxqs is embedded, ElasticMQ is local.
  const { broker } = await loadDriver(name === "elasticmq" ? "sqs" : DRIVER_OF[name]);
  if (!broker) throw new Error(`${name} has no broker`);
  const settings = broker.settings.parse({});
  try {
    if (name === "sqs") await chooseHost(broker, { host: "embedded", settings });
    else if (name === "elasticmq") await chooseHost(broker, { host: "local", settings });
    else await chooseProcessHost(broker);
    return null;
  } catch (error) {
    const hint = error instanceof Error && "hint" in error ? ` (get it with: ${String(error.hint)})` : "";
    return `${error instanceof Error ? error.message : String(error)}${hint}`;
  }
}

/** Docker is of use to the tests with images of its own making: none is got from a registry. */
async function whyNoDocker(): Promise<string | null> {
  const engine = await findEngine();
  if ("reason" in engine) return `${engine.reason} (get it with: apt-get install docker.io)`;
  if (composeCommand() === null) return "no Docker Compose (get it with: apt-get install docker-compose)";
  const unnamed = IN_CONTAINERS.filter((name) => !process.env[imageVariable(name)]);
  return unnamed.length === 0
    ? null
    : `no ${unnamed.map(imageVariable).join(", ")} (get them with: eval "$(docker/build.sh)")`;
}

/** Throws for a missing system that HAVOQ_REQUIRE names; else notes it in HAVOQ_SKIP_LOG and answers why it is missing. */
async function missing(name: SystemName): Promise<string | null> {
  const reason = await whyMissing(name);
  if (reason === null) return null;
  const required = (process.env["HAVOQ_REQUIRE"] ?? "").split(",").map((each) => each.trim());
  if (required.includes(name)) throw new Error(`HAVOQ_REQUIRE names ${name}, but: ${reason}`);
  const log = process.env["HAVOQ_SKIP_LOG"];
  if (log) appendFileSync(log, `${name}: ${reason}\n`);
  return reason;
}

/** Whether a system can be tested here; a missing one is noted, or is an error when HAVOQ_REQUIRE names it. */
export const systemAvailable = async (name: SystemName): Promise<boolean> => (await missing(name)) === null;

/** A suite that needs a system, skipped under a title that says why when the machine has not got it. */
export async function describeWith(name: SystemName, title: string, body: () => void): Promise<void> {
  const reason = await missing(name);
  if (reason === null) describe(title, body);
  else describe.skip(`${title} (skipped: ${reason})`, body);
}

/** A test that needs a system, skipped with the reason when the machine has not got it. */
export function needs(name: SystemName, title: string, body: () => Promise<void>, options: TestOptions = {}): void {
  it(title, options, async (context) => {
    const reason = await missing(name);
    if (reason !== null) context.skip(reason);
    await body();
  });
}
