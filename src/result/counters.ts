import type { RunEvent } from "../record/events.js";
import { type FileCounts, fileKey } from "../record/file-counts.js";
import type { Fold } from "../record/fold.js";

/** What an agent counted and its record file does not show. */
export interface Miscount {
  /** The record file, as in the run's records folder. */
  readonly file: string;
  /** One sentence for a person. */
  readonly text: string;
}

type Counted = Extract<RunEvent, { type: "counted" }>;

/** Counters that agents reported at their end, held against their records; one that crashed has reported none. */
export function miscounts(events: readonly RunEvent[], { files }: Pick<Fold, "files">): Miscount[] {
  return events.flatMap((event) => (event.type === "counted" ? ofAgent(event, files) : []));
}

function ofAgent({ name, incarnation, acked, started }: Counted, files: FileCounts): Miscount[] {
  const index = Number(name.slice(name.lastIndexOf("-") + 1));
  const check = (role: "producer" | "worker", what: "acked" | "started", counted: number | null): Miscount[] => {
    const key = fileKey({ role, index, incarnation });
    const recorded = files.get(key)?.[what] ?? 0;
    if (counted === null || counted === recorded) return [];
    const noun = what === "acked" ? "acks" : "deliveries";
    const text = `${name} counted ${counted} ${noun}, its records show ${recorded}`;
    return [{ file: `${key}.hvr`, text }];
  };
  return [...check("producer", "acked", acked), ...check("worker", "started", started)];
}
