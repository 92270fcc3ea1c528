import type { BeginEvent, RunEvent } from "../record/events.js";
import type { Nanoseconds } from "../units.js";

/** When the load ended: as planned, or when the run was cut short. `lastNs` is the time of the last record. */
export function loadEndedNs(begin: BeginEvent, events: readonly RunEvent[], lastNs: Nanoseconds): Nanoseconds {
  const plannedNs = begin.phases.at(-1)?.endNs ?? 0;
  const end = events.find((event) => event.type === "end");
  if (end && !end.interrupted) return plannedNs;
  const known = events.flatMap((event) => ("atNs" in event ? [event.atNs] : []));
  return Math.min(plannedNs, end ? (end.loadEndedNs ?? end.atNs) : Math.max(lastNs, ...known.slice(-1)));
}
