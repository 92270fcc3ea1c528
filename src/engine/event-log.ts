import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../record/events.js";
import { parseEvents } from "../record/parse-events.js";
import { RecordError } from "../record/record-error.js";
import { EnvironmentError } from "./errors.js";

const EVENTS_FILE = "events.ndjson";

/** Appends events of a run to its directory; each is on disk (in the page cache) when `append` returns. */
export class EventLog {
  private readonly path: string;

  constructor(runDirectory: string) {
    this.path = join(runDirectory, EVENTS_FILE);
  }

  append(event: RunEvent): void {
    appendFileSync(this.path, `${JSON.stringify(event)}\n`);
  }
}

/** Reads the events of a run; a torn last line is left out, a missing file is no events. Throws `EnvironmentError`. */
export function readEvents(runDirectory: string): RunEvent[] {
  const path = join(runDirectory, EVENTS_FILE);
  if (!existsSync(path)) return [];
  try {
    return parseEvents(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new EnvironmentError(`${path}, ${error.message}`, error.hint);
  }
}
