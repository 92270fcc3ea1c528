import { monotonicNs } from "../agent/clock.js";
import { type ProxyHandle, startProxy } from "../faults/proxy/client.js";
import type { Broker } from "../hosts/broker.js";
import type { Choice } from "../hosts/choose.js";
import { tailOf } from "../hosts/log-tail.js";
import { openBroker } from "../hosts/open.js";
import { freePort } from "../hosts/ports.js";
import { assertGoingOn, whileGoingOn } from "../interruption.js";
import type { RunResult } from "../result-schema.js";
import type { Scenario } from "../scenario/scenario.js";
import { forRecord } from "../secrets/places.js";
import type { Durability, Endpoint, LaunchRequest, SideListener } from "../spi/broker.js";
import type { Admin, Driver, Traits } from "../spi/driver.js";
import { deriveSeed } from "../stats/random.js";
import { answered, within } from "../time.js";
import { NS_PER_MS } from "../units.js";
import { assertObedient } from "./obedience.js";
import { measureProxyOverhead } from "./proxy-overhead.js";
import type { Scratch } from "./scratch.js";
import { hideSecretsIn } from "./secret-log.js";
import { explained } from "./setup-error.js";

/** Everything a run plays on: the broker, the path to it, and havoq's own view of it. */
export interface Stage {
  readonly runId: string;
  readonly scratch: Scratch;
  readonly driver: Driver;
  readonly options: unknown;
  readonly traits: Traits;
  /** `null` for a driver without a broker. */
  readonly broker: Broker | null;
  /** `null` when no fault needs it: out of the path it costs nothing. */
  readonly proxy: ProxyHandle | null;
  readonly admin: Admin;
  readonly endpoints: { readonly producers: Endpoint; readonly workers: Endpoint };
  readonly target: RunResult["target"];
  readonly proxyOverheadNs: number | null;
  readonly brokerExits: readonly BrokerExit[];
}

/** The broker ended, and neither a fault nor havoq asked for it. */
export interface BrokerExit {
  /** On CLOCK_MONOTONIC, nanoseconds. */
  readonly at: bigint;
  /** How, with its last words. */
  readonly text: string;
}

/** What a stage is set up for. */
export interface StageRequest {
  readonly runId: string;
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

/** A broker that takes connections and does not answer ends the run, as one that never gets ready does. */
const SET_UP_MS = 90_000;
/** A broker that does not answer is not asked for longer to forget a run. */
const CLEAN_UP_MS = 10_000;
const NOWHERE: Endpoint = { host: "127.0.0.1", port: 0 };

/** Broker, proxy and the path between them, on which runs may be played one after the other. */
export interface Ground {
  readonly request: StageRequest;
  /** `null` for a driver without a broker. */
  readonly broker: Broker | null;
  readonly proxy: ProxyHandle | null;
  readonly direct: Endpoint;
  readonly endpoints: Stage["endpoints"];
  readonly proxyOverheadNs: number | null;
  readonly brokerExits: readonly BrokerExit[];
}

/** Starts broker and proxy and creates the queues, runs `play` on them, and takes all down again, whatever happens. */
export async function withStage<T>(request: StageRequest, play: (stage: Stage) => Promise<T>): Promise<T> {
  return withGround(request, (ground) => withQueues(ground, request.runId, play));
}

/** Starts broker and proxy, and ends them when `use` has. */
export async function withGround<T>(request: StageRequest, use: (ground: Ground) => Promise<T>): Promise<T> {
  try {
    return await onGround(request, use);
  } finally {
    hideSecretsIn(request.brokerLogFile);
  }
}

async function onGround<T>(request: StageRequest, use: (ground: Ground) => Promise<T>): Promise<T> {
  const { driver } = request;
  await assertObedient(request);
  await using proxy = await openProxy(request);
  const sides = proxy && driver.broker?.server.advertises ? await openSides(request, proxy) : null;
  const brokerExits: BrokerExit[] = [];
  assertGoingOn(request.signal);
  await using broker = await openBrokerOf(request, sides, brokerExits).catch((error: unknown) => {
    assertGoingOn(request.signal);
    throw error;
  });
  const direct = broker?.endpoint ?? NOWHERE;
  const path = await openPath(request, proxy, sides, direct);
  const { endpoints, overheadNs: proxyOverheadNs } = path;
  return await use({ request, broker, proxy, direct, endpoints, proxyOverheadNs, brokerExits });
}

/** Creates the queues of one run on a ground, and runs `play` on them; a broker that lives on loses them again. */
export async function withQueues<T>(
  ground: Ground,
  runId: string,
  play: (stage: Stage) => Promise<T>,
  outlived = ground.request.choice?.kind === "external",
): Promise<T> {
  const { request, broker, proxy, direct, endpoints, proxyOverheadNs, brokerExits } = ground;
  const { scratch, driver, options } = request;
  const { signal } = request;
  const step = <T>(of: Promise<T>) => whileGoingOn(explained(driver.broker, direct, answered(of, SET_UP_MS)), signal);
  const clients = await driver.clients(options);
  const connecting = clients.admin({ runId, endpoint: direct, options, onClientError: () => {} });
  const admin = await step(connecting).catch((error: unknown) => {
    // One that is connected after all would try to reach its broker for ever.
    connecting.then((late) => late.close()).catch(() => {});
    throw error;
  });
  try {
    await step(admin.setup());
    const traits = traitsOf(request);
    return await play({
      runId,
      scratch,
      driver,
      options,
      traits,
      broker,
      admin,
      proxy,
      endpoints,
      proxyOverheadNs,
      brokerExits,
      target: describeTarget(request, traits, broker),
    });
  } finally {
    if (outlived)
      await within(
        CLEAN_UP_MS,
        admin.teardown().catch(() => {}),
      );
    await within(
      CLEAN_UP_MS,
      admin.close().catch(() => {}),
    );
  }
}

async function openBrokerOf(
  request: StageRequest,
  sides: LaunchRequest<unknown>["sides"],
  exits: BrokerExit[],
): Promise<Broker | null> {
  const { driver, choice, settings, scenario, scratch, brokerLogFile } = request;
  if (!driver.broker || !choice) return null;
  if (choice.kind === "container") scratch.noteContainers();
  return openBroker(driver.broker, choice, {
    runId: request.runId,
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
async function openProxy({ scenario, scratch }: StageRequest): Promise<ProxyHandle | null> {
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
async function openSides(request: StageRequest, proxy: ProxyHandle): Promise<LaunchRequest<unknown>["sides"]> {
  if (request.choice?.kind === "external") return null;
  const open = async (side: Side): Promise<SideListener> => {
    const listen = await freePort();
    return { listen, advertise: await listenFor(request, proxy, side, { host: "127.0.0.1", port: listen }) };
  };
  return { producers: await open("producers"), workers: await open("workers") };
}

/** The proxy stands in the path of both sides as soon as one fault needs it, so that both pay the same. */
async function openPath(
  request: StageRequest,
  proxy: ProxyHandle | null,
  sides: LaunchRequest<unknown>["sides"],
  direct: Endpoint,
): Promise<{ endpoints: Stage["endpoints"]; overheadNs: number | null }> {
  if (!proxy) return { endpoints: { producers: direct, workers: direct }, overheadNs: null };
  const endpoint = async (side: Side): Promise<Endpoint> => {
    const port = sides?.[side].advertise ?? (await listenFor(request, proxy, side, direct));
    return { ...direct, host: "127.0.0.1", port };
  };
  const endpoints = { producers: await endpoint("producers"), workers: await endpoint("workers") };
  return { endpoints, overheadNs: await measureProxyOverhead(proxy) };
}

/** A port of the proxy that leads one side to `upstream`. */
function listenFor({ scenario, choice }: StageRequest, proxy: ProxyHandle, side: Side, upstream: Endpoint) {
  const seed = deriveSeed(scenario.seed, 0x9e7, SIDES.indexOf(side));
  return proxy.listen(side, upstream, seed, { external: choice?.kind === "external" });
}

const traitsOf = ({ driver, options, settings, choice }: StageRequest): Traits =>
  driver.traits({ options, settings, host: choice?.kind ?? "auto" });

function describeDurability({ driver, settings, choice }: StageRequest, traits: Traits): Durability {
  if (traits.durability) return traits.durability;
  if (!driver.broker || !choice) return { confirmedIn: "memory", words: "in the memory of the agent process" };
  return driver.broker.durability(settings, choice.kind);
}

function describeTarget(request: StageRequest, traits: Traits, broker: Broker | null): RunResult["target"] {
  const { driver, options, settings, choice } = request;
  const { confirmedIn, words } = describeDurability(request, traits);
  const { prefetchOption, redeliveryHorizon, can } = traits;
  return {
    driver: driver.name,
    host: choice?.kind ?? "in-process",
    brokerVersion: broker?.version ?? null,
    image: broker?.image ?? null,
    hostReason: choice?.reason ?? "the driver has no broker",
    durability: words,
    ...(confirmedIn !== null && { confirmedIn }),
    options: forRecord(plain(options), ["target", "options"]),
    settings: forRecord(plain(settings), ["target", "broker"]),
    ...(prefetchOption !== undefined && { prefetchOption }),
    redeliveryHorizonNs: redeliveryHorizon * NS_PER_MS,
    residueInspected: [...can.inspects],
  };
}

/** Options as plain JSON, for the record. */
function plain(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value ?? {})) as Record<string, unknown>;
}
