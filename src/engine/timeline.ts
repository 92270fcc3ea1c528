import { definitionOf } from "../faults/index.js";
import type { PhaseWindow } from "../load/phases.js";
import type { FaultEvent } from "../record/events.js";
import type { FaultSpec } from "../scenario/scenario.js";
import type { Injection } from "../spi/fault.js";
import { sleep as systemSleep } from "../time.js";
import { type Nanoseconds, NS_PER_MS } from "../units.js";

/** What the timeline needs of the run. */
export interface TimelineHost {
  readonly phases: readonly PhaseWindow[];
  /** No further injection after this; what is injected is healed. */
  readonly signal: AbortSignal;
  /** Time since t0. */
  now(): Nanoseconds;
  /** Waits on the same clock; an abort ends the wait early. This machine's when not given. */
  readonly sleep?: typeof systemSleep;
  /** Breaks something; `injectionId` is unique in the run. */
  inject(fault: FaultSpec, injectionId: string): Promise<Injection>;
  log(event: FaultEvent): void;
}

/** A moment that others wait for. */
class Edge {
  private resolve: (() => void) | null = null;
  readonly passed = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });
  pass(): void {
    this.resolve?.();
  }
}

/** Injects the scenario's faults at their times and heals them; resolves when all is healed, abort or not. */
export async function runTimeline(faults: readonly FaultSpec[], host: TimelineHost): Promise<void> {
  const edges = new Map(faults.map((fault) => [fault.id, { start: new Edge(), end: new Edge() }]));
  await Promise.all(
    faults.map(async (fault) => {
      const own = edges.get(fault.id);
      const plannedNs = await waitForMoment(fault, edges, host);
      await repeat(fault, plannedNs, host, () => own?.start.pass());
      own?.start.pass();
      own?.end.pass();
    }),
  );
}

/** Waits for the moment at which a fault is due, and returns it. */
async function waitForMoment(
  { at }: FaultSpec,
  edges: ReadonlyMap<string, Record<"start" | "end", Edge>>,
  host: TimelineHost,
): Promise<Nanoseconds> {
  if (at.from === "fault") await Promise.race([edges.get(at.fault)?.[at.edge].passed, aborted(host.signal)]);
  const fromNs =
    at.from === "fault" ? host.now() : (host.phases.find((phase) => phase.name === at.phase)?.startNs ?? 0);
  const dueNs = fromNs + at.offset * NS_PER_MS;
  await waitUntil(dueNs, host);
  return dueNs;
}

/** The occurrences of one fault: `every` counts from one injection to the next, which waits for the heal of the one before. */
async function repeat(fault: FaultSpec, firstNs: Nanoseconds, host: TimelineHost, onStart: () => void): Promise<void> {
  for (let occurrence = 1; occurrence <= fault.repeat.times; occurrence++) {
    const dueNs = firstNs + (occurrence - 1) * fault.repeat.every * NS_PER_MS;
    const plannedNs = occurrence === 1 ? dueNs : Math.max(dueNs, host.now());
    await waitUntil(plannedNs, host);
    if (host.signal.aborted) return;
    await injectAndHeal(fault, { occurrence, plannedNs }, host, onStart);
  }
}

async function injectAndHeal(
  fault: FaultSpec,
  { occurrence, plannedNs }: { readonly occurrence: number; readonly plannedNs: Nanoseconds },
  host: TimelineHost,
  onStart: () => void,
): Promise<void> {
  const log = (step: FaultEvent["step"], text: string, more: Pick<FaultEvent, "plannedNs" | "doubt"> = {}) =>
    host.log({ type: "fault", id: fault.id, occurrence, family: fault.kind, step, atNs: host.now(), text, ...more });
  try {
    log("requested", "", { plannedNs });
    const injection = await host.inject(fault, `${fault.id}#${occurrence}`);
    log("confirmed", injection.description, injection.doubt === undefined ? {} : { doubt: injection.doubt });
    onStart();
    if (!injection.heal) return;
    const healNs = healTime(fault, host);
    await waitUntil(healNs, host);
    log("healRequested", "", { plannedNs: healNs });
    await injection.heal();
    log("healed", "");
  } catch (error) {
    log("failed", error instanceof Error ? error.message : String(error));
  }
}

/** Without a `for` of its own, what waits for traffic stays armed until the load ends. */
function healTime(fault: FaultSpec, host: TimelineHost): Nanoseconds {
  const armed = fault.for === 0 && definitionOf(fault).armed?.(fault);
  return armed ? (host.phases.at(-1)?.endNs ?? 0) : host.now() + fault.for * NS_PER_MS;
}

async function waitUntil(atNs: Nanoseconds, { now, sleep = systemSleep, signal }: TimelineHost): Promise<void> {
  const waitMs = (atNs - now()) / NS_PER_MS;
  if (waitMs > 0) await sleep(waitMs, signal);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
