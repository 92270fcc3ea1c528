import { monotonicNs } from "../agent/clock.js";
import { type ProxyHandle, startProxy } from "../faults/proxy/client.js";
import type { Broker } from "../hosts/broker.js";
import type { Choice } from "../hosts/choose.js";
import { tailOf } from "../hosts/log-tail.js";
import { openBroker } from "../hosts/open.js";
import { freePort } from "../hosts/ports.js";
import { assertGoingOn } from "../interruption.js";
import { ResourceStack } from "../resource-stack.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Endpoint, LaunchRequest, SideListener } from "../spi/broker.js";
import type { Driver } from "../spi/driver.js";
import { deriveSeed } from "../stats/random.js";
import { assertObedient } from "./obedience.js";
import { measureProxyOverhead } from "./proxy-overhead.js";
import { requireRuntime } from "./runtime.js";
import type { Scratch } from "./scratch.js";
import { hideSecretsIn } from "./secret-log.js";

/** The broker ended, and neither a fault nor havoq asked for it. */
export interface BrokerExit {
  /** On CLOCK_MONOTONIC, nanoseconds. */
  readonly at: bigint;
  /** How, with its last words. */
  readonly text: string;
}

/** What a broker and the path to it are started for. */
export interface GroundRequest {
  readonly scratch: Scratch;
  readonly scenario: Scenario;
  readonly driver: Driver;
  /** Options and settings as their schemas gave them back. */
  readonly options: unknown;
  readonly settings: unknown;
  readonly choice: Choice | null;
  readonly brokerLogFile: string;
  /** Ends the way to the load at once, and a hook in a few seconds. */
  readonly signal: AbortSignal;
}

const NOWHERE: Endpoint = { host: "127.0.0.1", port: 0 };

/** Broker, proxy and the path between them, on which runs may be played one after the other; disposing of it ends them. */
export interface Ground extends AsyncDisposable {
  readonly request: GroundRequest;
  /** `null` for a driver without a broker. */
  readonly broker: Broker | null;
  /** `null` when no fault needs it: out of the path it costs nothing. */
  readonly proxy: ProxyHandle | null;
  readonly direct: Endpoint;
  readonly endpoints: { readonly producers: Endpoint; readonly workers: Endpoint };
  readonly proxyOverheadNs: number | null;
  readonly brokerExits: readonly BrokerExit[];
  /** Name and version of the framework that the workers are; `null` where they are havoq's or a user's own. */
  readonly framework: string | null;
}

/** Starts broker and proxy. */
export async function openGround(request: GroundRequest): Promise<Ground> {
  const { driver, brokerLogFile, signal } = request;
  await using opened = new ResourceStack();
  opened.defer(() => hideSecretsIn(brokerLogFile));
  const framework = await requireRuntime(driver, request.options);
  await assertObedient(request);
  const proxy = opened.use(await openProxy(request));
  const sides = proxy && driver.broker?.server.advertises ? await openSides(request, proxy) : null;
  const brokerExits: BrokerExit[] = [];
  assertGoingOn(signal);
  const starting = openBrokerOf(request, sides, brokerExits).catch((error: unknown) => {
    assertGoingOn(signal);
    throw error;
  });
  const broker = opened.use(await starting);
  const direct = broker?.endpoint ?? NOWHERE;
  const { endpoints, overheadNs: proxyOverheadNs } = await openPath(request, proxy, sides, direct);
  const all = opened.move();
  const close = () => all[Symbol.asyncDispose]();
  const path = { broker, proxy, direct, endpoints, proxyOverheadNs };
  return { request, ...path, brokerExits, framework, [Symbol.asyncDispose]: close };
}

async function openBrokerOf(
  request: GroundRequest,
  sides: LaunchRequest<unknown>["sides"],
  exits: BrokerExit[],
): Promise<Broker | null> {
  const { driver, choice, settings, scenario, scratch, brokerLogFile } = request;
  if (!driver.broker || !choice) return null;
  if (choice.kind === "container") scratch.noteContainers();
  return openBroker(driver.broker, choice, {
    runId: scratch.runId,
    dir: scratch.subdirectory("broker"),
    settings,
    url: scenario.target.url,
    hooks: scenario.target.external,
    limits: scenario.target.limits,
    env: scratch.env,
    logFile: brokerLogFile,
    signal: request.signal,
    onSpawn: scratch.register,
    onUnexpectedExit: (text) => {
      const words = tailOf(brokerLogFile);
      exits.push({ at: monotonicNs(), text: words === "" ? text : `${text}; its last words:\n${words}` });
    },
    sides,
  });
}

/** The proxy, if a fault needs it. */
async function openProxy({ scenario, scratch }: GroundRequest): Promise<ProxyHandle | null> {
  if (!scenario.faults.some((fault) => fault.kind === "network")) return null;
  return startProxy({
    env: { ...process.env, ...scratch.env },
    cwd: scratch.subdirectory("proxy"),
    onSpawn: scratch.register,
  });
}

const SIDES = ["producers", "workers"] as const;
type Side = (typeof SIDES)[number];

/** A broker that tells clients where to connect needs a listener for each side, known before it starts. */
async function openSides(request: GroundRequest, proxy: ProxyHandle): Promise<LaunchRequest<unknown>["sides"]> {
  if (request.choice?.kind === "external") return null;
  const open = async (side: Side): Promise<SideListener> => {
    const listen = await freePort();
    return { listen, advertise: await listenFor(request, proxy, side, { host: "127.0.0.1", port: listen }) };
  };
  return { producers: await open("producers"), workers: await open("workers") };
}

/** The proxy stands in the path of both sides as soon as one fault needs it, so that both pay the same. */
async function openPath(
  request: GroundRequest,
  proxy: ProxyHandle | null,
  sides: LaunchRequest<unknown>["sides"],
  direct: Endpoint,
): Promise<{ endpoints: Ground["endpoints"]; overheadNs: number | null }> {
  if (!proxy) return { endpoints: { producers: direct, workers: direct }, overheadNs: null };
  const endpoint = async (side: Side): Promise<Endpoint> => {
    const port = sides?.[side].advertise ?? (await listenFor(request, proxy, side, direct));
    return { ...direct, host: "127.0.0.1", port };
  };
  const endpoints = { producers: await endpoint("producers"), workers: await endpoint("workers") };
  return { endpoints, overheadNs: await measureProxyOverhead(proxy) };
}

/** A port of the proxy that leads one side to `upstream`. */
function listenFor({ scenario, choice }: GroundRequest, proxy: ProxyHandle, side: Side, upstream: Endpoint) {
  const seed = deriveSeed(scenario.seed, 0x9e7, SIDES.indexOf(side));
  return proxy.listen(side, upstream, seed, { external: choice?.kind === "external" });
}
