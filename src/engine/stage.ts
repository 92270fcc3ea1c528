import { whileGoingOn } from "../interruption.js";
import { ResourceStack } from "../resource-stack.js";
import type { RunResult } from "../result-schema.js";
import { forRecord } from "../secrets/places.js";
import type { Durability } from "../spi/broker.js";
import type { Admin, Driver, Traits } from "../spi/driver.js";
import { answered, within } from "../time.js";
import { NS_PER_MS } from "../units.js";
import type { Ground, GroundRequest } from "./ground.js";
import type { Scratch } from "./scratch.js";
import { explained } from "./setup-error.js";

/** Everything a run plays on: a ground, the run's queues, and havoq's own view of both. */
export interface Stage extends Omit<Ground, "request" | "direct"> {
  readonly runId: string;
  readonly scratch: Scratch;
  readonly driver: Driver;
  readonly options: unknown;
  readonly traits: Traits;
  readonly admin: Admin;
  readonly target: RunResult["target"];
}

/** A broker that takes connections and does not answer ends the run, as one that never gets ready does. */
const SET_UP_MS = 90_000;
/** A broker that does not answer is not asked for longer to forget a run. */
const CLEAN_UP_MS = 10_000;

/** Creates the queues of one run on a ground; disposing of the stage removes them from a broker that outlives the run. */
export async function openStage(
  ground: Ground,
  runId: string,
  outlived = ground.request.choice?.kind === "external",
): Promise<Stage> {
  const { request, direct, ...path } = ground;
  const { scratch, driver, options, signal } = request;
  const step = <T>(of: Promise<T>) => whileGoingOn(explained(driver.broker, direct, answered(of, SET_UP_MS)), signal);
  const clients = await driver.clients(options);
  const connecting = clients.admin({ runId, endpoint: direct, options, onClientError: () => {} });
  const admin = await step(connecting).catch((error: unknown) => {
    // One that is connected after all would try to reach its broker for ever.
    connecting.then((late) => late.close()).catch(() => {});
    throw error;
  });
  await using opened = new ResourceStack();
  const cleanUp = (of: Promise<void>) => within(CLEAN_UP_MS, of).catch(() => {});
  opened.defer(() => cleanUp(admin.close()));
  if (outlived) opened.defer(() => cleanUp(admin.teardown()));
  await step(admin.setup());
  const traits = traitsOf(request);
  const target = describeTarget(request, traits, path);
  const all = opened.move();
  const close = () => all[Symbol.asyncDispose]();
  return { ...path, runId, scratch, driver, options, traits, admin, target, [Symbol.asyncDispose]: close };
}

const traitsOf = ({ driver, options, settings, choice }: GroundRequest): Traits =>
  driver.traits({ options, settings, host: choice?.kind ?? "auto" });

function describeDurability({ driver, settings, choice }: GroundRequest, traits: Traits): Durability {
  if (traits.durability) return traits.durability;
  if (!driver.broker || !choice) return { confirmedIn: "memory", words: "in the memory of the agent process" };
  return driver.broker.durability(settings, choice.kind);
}

function describeTarget(
  request: GroundRequest,
  traits: Traits,
  { broker, framework }: Pick<Ground, "broker" | "framework">,
): RunResult["target"] {
  const { driver, options, settings, choice } = request;
  const { confirmedIn, words } = describeDurability(request, traits);
  const { prefetchOption, redeliveryHorizon, can } = traits;
  return {
    driver: driver.name,
    host: choice?.kind ?? "in-process",
    brokerVersion: broker?.version ?? null,
    image: broker?.image ?? null,
    ...(framework !== null && { framework }),
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
