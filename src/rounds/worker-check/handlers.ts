import { agentFileOf } from "../../record/file-counts.js";
import { Kind, RECORD_BYTES, RecordCursor } from "../../record/format.js";
import { openRecords } from "../../store/record-files.js";

/** What the record files of a run show of the handlers of one agent. */
export interface HandlersSeen {
  /** The most that ran at a time. */
  most: number;
  /** Records of beginnings, and of ends. */
  started: number;
  ended: number;
}

/** Reads the record files of the workers of a run. */
export function handlersIn(recordsDirectory: string): Map<string, HandlersSeen> {
  const seen = new Map<string, HandlersSeen>();
  const running = new Map<string, number>();
  using records = openRecords(recordsDirectory);
  const cursor = new RecordCursor();
  for (const source of records.sources) {
    if (source.header.role !== "worker") continue;
    const agent = agentFileOf(source.file);
    const of = seen.get(agent) ?? { most: 0, started: 0, ended: 0 };
    seen.set(agent, of);
    for (let chunk = source.next(); chunk !== null; chunk = source.next()) {
      for (let at = 0; at < chunk.length; at += RECORD_BYTES) {
        const { kind } = cursor.place(chunk, at);
        const now = (running.get(agent) ?? 0) + change(kind);
        running.set(agent, now);
        of.most = Math.max(of.most, now);
        if (change(kind) > 0) of.started += 1;
        if (change(kind) < 0) of.ended += 1;
      }
    }
  }
  return seen;
}

const change = (kind: number): number =>
  kind === Kind.started ? 1 : kind === Kind.completed || kind === Kind.failed ? -1 : 0;
