import { type ProxyHandle, startProxy } from "../faults/proxy/client.js";
import type { Broker } from "../hosts/broker.js";
import type { Choice } from "../hosts/choose.js";
import { openBroker } from "../hosts/open.js";
import type { RunResult } from "../result/schema.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Endpoint } from "../spi/broker.js";
import type { Admin, Driver } from "../spi/driver.js";
import { deriveSeed } from "../stats/random.js";
import { NS_PER_MS } from "../units.js";
import { measureProxyOverhead } from "./proxy-overhead.js";
import type { Scratch } from "./scratch.js";

/** Everything a run plays on: the broker, the path to it, and havoq's own view of it. */
export interface Stage {
  readonly runId: string;
  readonly scratch: Scratch;
  readonly driver: Driver;
  readonly options: unknown;
  /** `null` for a driver without a broker. */
  readonly broker: Broker | null;
  /** `null` when no fault needs it: out of the path it costs nothing. */
  readonly proxy: ProxyHandle | null;
  readonly admin: Admin;
  readonly endpoints: { readonly producers: Endpoint; readonly workers: Endpoint };
  readonly horizonMs: number;
  readonly target: RunResult["target"];
  readonly proxyOverheadNs: number | null;
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
}

const NOWHERE: Endpoint = { host: "127.0.0.1", port: 0 };

/** Starts broker and proxy and creates the queues, runs `play` on them, and takes all down again, whatever happens. */
export async function withStage<T>(request: StageRequest, play: (stage: Stage) => Promise<T>): Promise<T> {
  const { runId, scratch, driver, options } = request;
  await using broker = await openBrokerOf(request);
  const direct = broker?.endpoint ?? NOWHERE;
  await using path = await openPath(request, direct);
  const admin = await driver.admin({ runId, endpoint: direct, options, onClientError: () => {} });
  try {
    await admin.setup();
    return await play({
      runId,
      scratch,
      driver,
      options,
      broker,
      admin,
      proxy: path.proxy,
      endpoints: path.endpoints,
      proxyOverheadNs: path.overheadNs,
      horizonMs: driver.redeliveryHorizon(options),
      target: describeTarget(request, broker),
    });
  } finally {
    if (request.choice?.kind === "external") await admin.teardown().catch(() => {});
    await admin.close().catch(() => {});
  }
}

async function openBrokerOf({
  driver,
  choice,
  settings,
  scenario,
  scratch,
  brokerLogFile,
}: StageRequest): Promise<Broker | null> {
  if (!driver.broker || !choice) return null;
  return openBroker(driver.broker, choice, {
    dir: scratch.subdirectory("broker"),
    settings,
    url: scenario.target.url,
    env: scratch.env,
    logFile: brokerLogFile,
    onSpawn: scratch.register,
  });
}

interface Path extends AsyncDisposable {
  readonly proxy: ProxyHandle | null;
  readonly endpoints: Stage["endpoints"];
  readonly overheadNs: number | null;
}

/** The proxy stands in the path of both sides as soon as one fault needs it, so that both pay the same. */
async function openPath({ scenario, scratch, choice }: StageRequest, direct: Endpoint): Promise<Path> {
  const needed = scenario.faults.some((fault) => fault.kind === "network");
  if (!needed) {
    const endpoints = { producers: direct, workers: direct };
    return { proxy: null, endpoints, overheadNs: null, [Symbol.asyncDispose]: async () => {} };
  }
  const proxy = await startProxy({
    env: { ...process.env, ...scratch.env },
    cwd: scratch.subdirectory("proxy"),
    onSpawn: scratch.register,
  });
  const external = choice?.kind === "external";
  const listen = async (side: "producers" | "workers", place: number): Promise<Endpoint> => {
    const port = await proxy.listen(side, direct, deriveSeed(scenario.seed, 0x9e7, place), { external });
    return { ...direct, host: "127.0.0.1", port };
  };
  return {
    proxy,
    endpoints: { producers: await listen("producers", 0), workers: await listen("workers", 1) },
    overheadNs: await measureProxyOverhead(proxy),
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}

function describeTarget(request: StageRequest, broker: Broker | null): RunResult["target"] {
  const { driver, options, settings, choice } = request;
  return {
    driver: driver.name,
    host: choice?.kind ?? "in-process",
    brokerVersion: broker?.version ?? null,
    hostReason: choice?.reason ?? "the driver has no broker",
    durability: driver.broker?.durability(settings) ?? "in the memory of the agent process",
    redeliveryHorizonNs: driver.redeliveryHorizon(options) * NS_PER_MS,
    residueInspected: [...driver.capabilities.inspects],
  };
}
