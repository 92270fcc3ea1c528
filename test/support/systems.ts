import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it, type TestOptions } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { chooseHost } from "../../src/hosts/choose.js";
import { findEngine } from "../../src/hosts/container/engine.js";
import { imageVariable } from "../../src/hosts/container/image.js";
import { isFramework } from "../../src/spi/framework.js";
import { chooseProcessHost } from "../../src/testing/broker.js";
import { composeCommand } from "../container/docker.js";

/** A system that a test needs and a machine may not have, as in HAVOQ_REQUIRE. */
export type SystemName = keyof typeof DRIVER_OF | keyof typeof FRAMEWORK_OF | (typeof OTHERS)[number];

const DRIVER_OF = {
  redis: "redis-list",
  sqs: "sqs",
  rabbitmq: "rabbitmq",
  kafka: "kafka",
  nats: "nats-jetstream",
  postgres: "postgres",
} as const;
/** Frameworks, each by a driver of it. */
const FRAMEWORK_OF = {
  celery: "celery-redis",
  rq: "rq",
  huey: "huey",
  dramatiq: "dramatiq-redis",
  arq: "arq",
  taskiq: "taskiq",
  sidekiq: "sidekiq",
} as const;
const OTHERS = ["elasticmq", "chromium", "docker", "python", "faketime", "root"] as const;
/** The recipes that run in containers. */
const IN_CONTAINERS = ["redis", "rabbitmq", "kafka", "nats", "postgres", "sqs"];
/** The oldest that the agents of the tests run on. */
const PYTHON = "3.8";
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

/** Path of the library that gives a process a wall clock of a test's own; `null` when there is none. */
export function faketimeLibrary(): string | null {
  const folders = ["lib64", "lib", ...readdirSync("/usr/lib").map((name) => join("lib", name))];
  const candidates = folders.map((folder) => join("/usr", folder, "faketime", "libfaketimeMT.so.1"));
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

/** Why a system can't be tested here and how to get it; `null` when it can. */
async function whyMissing(name: SystemName): Promise<string | null> {
  if (name === "chromium")
    return (await chromiumPath()) === null ? "no Chromium (get it with: apt-get install chromium)" : null;
  if (name === "docker") return whyNoDocker();
  if (name === "python") return whyNoPython();
  if (name === "root")
    return process.getuid?.() === 0 ? null : "not root, who alone can mount a disk (get it with: sudo npm test)";
  if (name === "faketime")
    return faketimeLibrary() === null ? "no libfaketime (get it with: apt-get install faketime)" : null;
  if (isFrameworkName(name)) return whyNoFramework(FRAMEWORK_OF[name]);
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

const isFrameworkName = (name: SystemName): name is keyof typeof FRAMEWORK_OF => name in FRAMEWORK_OF;

async function whyNoFramework(name: string): Promise<string | null> {
  const driver = await loadDriver(name);
  if (!isFramework(driver)) throw new Error(`${name} has no framework`);
  const found = await driver.runtime.locate(driver.options.parse({}));
  return found.found ? null : `${found.reason} (get it with: ${found.hint})`;
}

function whyNoPython(): string | null {
  const check = `import sys; sys.exit(sys.version_info < (${PYTHON.replace(".", ", ")}))`;
  const found = spawnSync("python3", ["-c", check], { stdio: "ignore" }).status === 0;
  return found ? null : `no python3 of ${PYTHON} or later on PATH (get it with: apt-get install python3)`;
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

/** One system, or all that something needs together. */
type Needed = SystemName | readonly SystemName[];

/** Throws for a missing system that HAVOQ_REQUIRE names; else notes each in HAVOQ_SKIP_LOG and answers why they are missing. */
async function missing(needed: Needed): Promise<string | null> {
  const names = typeof needed === "string" ? [needed] : needed;
  const reasons = await Promise.all(names.map(noteMissing));
  return reasons.filter((reason) => reason !== null).join("; ") || null;
}

async function noteMissing(name: SystemName): Promise<string | null> {
  const required = requiredSystems();
  const reason = await whyMissing(name);
  if (reason === null) return null;
  if (required.includes(name)) throw new Error(`HAVOQ_REQUIRE names ${name}, but: ${reason}`);
  const log = process.env["HAVOQ_SKIP_LOG"];
  if (log) appendFileSync(log, `${name}: ${reason}\n`);
  return reason;
}

/** What HAVOQ_REQUIRE names; throws for a name that is none, which would require nothing. */
function requiredSystems(): string[] {
  const names = (process.env["HAVOQ_REQUIRE"] ?? "").split(",").map((name) => name.trim());
  const known: readonly string[] = [...Object.keys(DRIVER_OF), ...Object.keys(FRAMEWORK_OF), ...OTHERS];
  const unknown = names.filter((name) => name !== "" && !known.includes(name));
  if (unknown.length > 0) throw new Error(`HAVOQ_REQUIRE names ${unknown.join(", ")}; systems are ${known.join(", ")}`);
  return names;
}

/** A suite that needs some systems, skipped under a title that says why when the machine has not got them. */
export async function describeWith(needed: Needed, title: string, body: () => void): Promise<void> {
  const reason = await missing(needed);
  if (reason === null) describe(title, body);
  else describe.skip(`${title} (skipped: ${reason})`, body);
}

/** A test that needs some systems, skipped with the reason when the machine has not got them. */
export function needs(needed: Needed, title: string, body: () => Promise<void>, options: TestOptions = {}): void {
  it(title, options, async (context) => {
    const reason = await missing(needed);
    if (reason !== null) context.skip(reason);
    await body();
  });
}
