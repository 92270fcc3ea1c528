import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, unwritable } from "../errors.js";
import type { RunEvent } from "../record/events.js";
import { parseEvents } from "../record/parse-events.js";
import { RecordError } from "../record/record-error.js";
import { knownSecrets } from "../secrets/known.js";

const EVENTS_FILE = "events.ndjson";

/**
 * Appends events of a run to its directory; each is on disk (in the page cache) when `append` returns. The first that
 * can't be written fails the run: timers, agents and faults that have something to tell can do nothing about it.
 */
export class EventLog {
  /** Why the run can't be written down; nothing more is written then. */
  failure: EnvironmentError | null = null;

  constructor(
    private readonly runDirectory: string,
    private readonly onFailure: (error: EnvironmentError) => void,
  ) {}

  append(event: RunEvent): void {
    if (this.failure) return;
    try {
      appendFileSync(join(this.runDirectory, EVENTS_FILE), `${JSON.stringify(withoutSecrets(event))}\n`);
    } catch (error) {
      this.failure = unwritable(`the run folder ${this.runDirectory}`, error);
      this.onFailure(this.failure);
    }
  }
}

/** What anybody may have said goes without the secrets that this run knows; the scenario in `begin` has none. */
function withoutSecrets(event: RunEvent): RunEvent {
  if ("text" in event) return { ...event, text: knownSecrets.hide(event.text) };
  if ("detail" in event) return { ...event, detail: knownSecrets.hide(event.detail) };
  if ("notes" in event) return { ...event, notes: event.notes.map((note) => knownSecrets.hide(note)) };
  return event;
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
