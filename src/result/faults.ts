import type { FaultEvent } from "../record/events.js";
import type { FaultResult } from "./schema.js";

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
          requestedNs: requested.atNs,
          confirmedNs: at("confirmed")?.atNs ?? null,
          healRequestedNs: at("healRequested")?.atNs ?? null,
          healedNs: at("healed")?.atNs ?? null,
          error: at("failed")?.text ?? null,
        },
      ];
    })
    .sort((a, b) => a.requestedNs - b.requestedNs);
}

/**
 * When the open messages of an injection are counted: those in handlers when it was requested (they are what a crash
 * hits), the undelivered when it was confirmed (a broker that is gone acks and delivers nothing more).
 */
export function markTimes({ requestedNs, confirmedNs }: FaultTimes): [requestedNs: number, confirmedNs: number] {
  return [requestedNs, confirmedNs ?? requestedNs];
}
