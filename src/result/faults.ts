import type { FaultEvent } from "../record/events.js";
import type { FaultResult, Resilience } from "../result-schema.js";
import type { FaultSpec } from "../scenario/scenario.js";
import type { Nanoseconds } from "../units.js";
import { formatNs } from "./format.js";

/** One injection with its times, before what it did to the messages is known. */
export type FaultTimes = Omit<FaultResult, "undelivered" | "inFlight" | "resilience">;

/** Joins the steps of each injection; in the order in which they were requested. */
export function faultTimes(events: readonly FaultEvent[]): FaultTimes[] {
  const byInjection = new Map<string, FaultEvent[]>();
  for (const event of events) {
    const key = `${event.id}#${event.occurrence}`;
    byInjection.set(key, [...(byInjection.get(key) ?? []), event]);
  }
  return [...byInjection.values()]
    .flatMap((steps) => {
      const at = (step: FaultEvent["step"]) => steps.find((event) => event.step === step);
      const requested = at("requested");
      if (!requested) return [];
      const { id, occurrence, family } = requested;
      return [
        {
          id,
          occurrence,
          family,
          description: at("confirmed")?.text ?? "was not injected",
          plannedNs: requested.plannedNs ?? null,
          requestedNs: requested.atNs,
          confirmedNs: at("confirmed")?.atNs ?? null,
          plannedHealNs: at("healRequested")?.plannedNs ?? null,
          healRequestedNs: at("healRequested")?.atNs ?? null,
          healedNs: at("healed")?.atNs ?? null,
          error: at("failed")?.text ?? null,
          doubt: at("confirmed")?.doubt ?? null,
        },
      ];
    })
    .sort((a, b) => a.requestedNs - b.requestedNs);
}

/** What went wrong with an injection, for a person: "not injected: ..."; `null` when nothing did. */
export function faultError({ confirmedNs, error }: Pick<FaultResult, "confirmedNs" | "error">): string | null {
  if (error === null) return confirmedNs === null ? "not injected" : null;
  return confirmedNs === null ? `not injected: ${error}` : `not healed: ${error}`;
}

/** All moments of an injection at which its open messages may be counted. */
export function markTimes({ requestedNs, confirmedNs, healRequestedNs }: FaultTimes): Nanoseconds[] {
  return [requestedNs, confirmedNs, healRequestedNs].filter((atNs) => atNs !== null);
}

/**
 * When the messages that a fault left undelivered are counted: when it was confirmed. Of a broker that was broken as a
 * whole, just before it starts again: it acks and delivers nothing in between, and what it had answered before its end
 * has been read by then, however late the clients were.
 */
export function undeliveredAtNs(times: FaultTimes, faults: readonly FaultSpec[]): Nanoseconds {
  const spec = faults.find(({ id }) => id === times.id);
  const silent = spec?.kind === "broker" && spec.node === null;
  return (silent ? times.healRequestedNs : null) ?? times.confirmedNs ?? times.requestedNs;
}

/** How goodput came back after a fault, in words or as its time. */
export function formatRecovery({ onsetNs, timeToRecoverNs }: Pick<Resilience, "onsetNs" | "timeToRecoverNs">): string {
  if (timeToRecoverNs !== null) return onsetNs === null ? "no dip" : formatNs(timeToRecoverNs);
  return onsetNs === null ? "can't be told" : "not recovered";
}
