import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EnvironmentError } from "../engine/errors.js";
import type { BrokerRecipe, Endpoint } from "../spi/broker.js";
import type { Broker } from "./broker.js";
import { untilReady } from "./ready.js";

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "amqp:": 5672,
  "amqps:": 5671,
  "http:": 80,
  "https:": 443,
  "kafka:": 9092,
  "nats:": 4222,
  "postgres:": 5432,
  "postgresql:": 5432,
  "redis:": 6379,
  "rediss:": 6379,
};

/** The address in a URL; throws `EnvironmentError` when there is none. Credentials in it are never printed. */
export function endpointOf(url: string): Endpoint {
  const hint = "write it as scheme://host:port";
  if (!URL.canParse(url)) throw new EnvironmentError("the broker's url can't be read", hint);
  const parsed = new URL(url);
  const port = parsed.port === "" ? DEFAULT_PORTS[parsed.protocol] : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "") throw new EnvironmentError("the broker's url names no host", hint);
  if (port === undefined) throw new EnvironmentError("the broker's url names no port", hint);
  return { host, port, url };
}

/** Commands of the user's own that break an external broker and start it again. */
export interface Hooks {
  readonly kill?: string | undefined;
  readonly stop?: string | undefined;
  readonly pause?: string | undefined;
  readonly resume?: string | undefined;
  readonly start?: string | undefined;
}

const HOOK_DEADLINE_MS = 60_000;
const shell = promisify(execFile);

/** Reaches a broker that others run: it is used, and broken by hooks alone. Throws `EnvironmentError` when it does not answer. */
export async function reachExternal(recipe: BrokerRecipe, url: string, hooks: Hooks = {}): Promise<Broker> {
  const endpoint = endpointOf(url);
  const place = `${endpoint.host}:${endpoint.port}`;
  const version = await recipe.probe(endpoint, "external").catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const hint = "check the url, its credentials, and that the broker can be reached from here";
    throw new EnvironmentError(`${recipe.name} at ${place} does not answer: ${text}`, hint, { cause: error });
  });
  const run = (name: keyof Hooks) => runHook(name, hooks[name]);
  return {
    kind: "external",
    endpoint,
    what: place,
    version: version ?? `${recipe.name} at ${place}`,
    image: null,
    pid: null,
    nodes: new Map(),
    kill: () => run("kill"),
    stop: () => run("stop"),
    pause: () => run("pause"),
    resume: () => run("resume"),
    async start() {
      await run("start");
      const probe = () => recipe.probe(endpoint, "external");
      await untilReady({ probe, failed: () => null, exited: new Promise(() => {}) });
    },
    async loseDisk() {
      throw new Error("havoq can't remove the data of an external broker");
    },
    logTail: () => "",
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Runs a hook in a shell; throws with what it printed when it fails. */
async function runHook(name: keyof Hooks, command: string | undefined): Promise<void> {
  if (command === undefined) throw new Error(`target.external has no command to ${name} the broker`);
  await shell("/bin/sh", ["-c", command], { timeout: HOOK_DEADLINE_MS }).catch((error: unknown) => {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const text = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new Error(`target.external.${name} failed: ${said === "" ? text : said}`, { cause: error });
  });
}
