import { connect } from "node:net";
import { EnvironmentError } from "../errors.js";
import { hostPort } from "../host-port.js";
import type { BrokerRecipe, Endpoint, UrlRules } from "../spi/broker.js";
import { sleep } from "../time.js";
import type { Broker } from "./broker.js";
import { runHook } from "./hook.js";
import { HEAL_GRACE_MS, untilReady } from "./ready.js";

/** The address in a url, which `checkBrokerUrl` has looked at; throws `EnvironmentError` when there is none. */
export function endpointOf(url: string, ports: UrlRules["ports"] = {}): Endpoint {
  const hint = "write it as scheme://host:port";
  if (!URL.canParse(url)) throw new EnvironmentError("the broker's url can't be read", hint);
  const { hostname, port: written, protocol } = new URL(url);
  const port = written === "" ? ports[protocol.slice(0, -1)] : Number(written);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "" || port === undefined) throw new EnvironmentError("the broker's url names no host or no port", hint);
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

/** How an external broker is used, and the run that uses it. */
interface ExternalRequest {
  readonly hooks?: Hooks | undefined;
  /** Takes what the hooks print. */
  readonly logFile: string;
  readonly signal?: AbortSignal;
}

/** Reaches a broker that others run: it is used, and broken by hooks alone. Throws `EnvironmentError` when it does not answer. */
export async function reachExternal(recipe: BrokerRecipe, url: string, request: ExternalRequest): Promise<Broker> {
  const endpoint = endpointOf(url, recipe.server.url?.ports);
  const place = hostPort(endpoint);
  const version = await recipe.server.probe(endpoint, "external").catch((error: unknown) => {
    const refusal = recipe.server.refusal(error);
    if (refusal) {
      throw new EnvironmentError(`${recipe.name} at ${place} refuses: ${refusal.words}`, refusal.hint, {
        cause: error,
      });
    }
    const text = error instanceof Error ? error.message : String(error);
    const hint = "check the url, its credentials, and that the broker can be reached from here";
    throw new EnvironmentError(`${recipe.name} at ${place} can't be used: ${text}`, hint, { cause: error });
  });
  const { signal } = request;
  const run = (name: keyof Hooks) => runNamedHook(name, request);
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
      const probe = () => recipe.server.probe(endpoint, "external");
      await untilReady({ probe, failed: () => null, exited: new Promise(() => {}), signal, graceMs: HEAL_GRACE_MS });
    },
    async loseDisk() {
      throw new Error("havoq can't remove the data of an external broker");
    },
    answers: () => takesConnections(endpoint),
    logTail: () => "",
    [Symbol.asyncDispose]: async () => {},
  };
}

async function runNamedHook(name: keyof Hooks, { hooks, logFile, signal }: ExternalRequest): Promise<void> {
  const command = hooks?.[name];
  if (command === undefined) throw new Error(`target.external has no command to ${name} the broker`);
  await runHook({ command, logFile, signal }).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`target.external.${name} failed: ${text}`, { cause: error });
  });
}

/** How long a broker has, after a hook that ends it, until its port no longer answers. */
const GONE_DEADLINE_MS = 2000;
const LOOK_MS = 50;

/** Whether every look within the deadline found the port open; one refused connection shows that it went down. */
async function takesConnections(endpoint: Endpoint): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < GONE_DEADLINE_MS; waitedMs += LOOK_MS) {
    if (!(await accepts(endpoint))) return false;
    await sleep(LOOK_MS);
  }
  return true;
}

function accepts({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: GONE_DEADLINE_MS });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
