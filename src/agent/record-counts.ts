import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createHistogram } from "node:perf_hooks";
import { startTicksOf } from "../os/processes.js";
import { Kind, RECORD_BYTES, RecordCursor } from "../record/format.js";
import type { AgentStats } from "./protocol.js";

/** Longest latency that the progress line tells apart: two hours. */
const LONGEST_NS = 7.2e12;
const CHUNK_BYTES = RECORD_BYTES * 4096;

/** The record file of one process, as far as it was read. */
interface Read {
  readonly descriptor: number;
  /** The process that writes it; 0 where its name tells none. */
  readonly pid: number;
  offset: number;
  running: number;
}

/** What the processes of a framework's worker have written, counted as it comes. */
export class RecordCounts {
  private readonly files = new Map<string, Read>();
  private readonly counts = { started: 0, completed: 0, failed: 0 };
  private readonly recent = createHistogram({ highest: LONGEST_NS, figures: 2 });
  private readonly cursor = new RecordCursor();
  private readonly chunk = Buffer.alloc(CHUNK_BYTES);

  /** `recordFile` is the one that the agent was given; each process has one with a `~` and its number in the name. */
  constructor(private readonly recordFile: string) {}

  /** Counters up to now, and the end-to-end p99 since the last look. */
  look(): AgentStats {
    this.find();
    for (const read of this.files.values()) this.catchUp(read);
    const gone = [...this.files.values()].filter(({ pid }) => pid !== 0 && startTicksOf(pid) === null);
    const abandoned = gone.reduce((sum, { running }) => sum + Math.max(0, running), 0);
    const p99 = this.recent.count > 0 ? { endToEndP99Ns: this.recent.percentile(99) } : {};
    this.recent.reset();
    return { ...this.counts, abandoned, ...p99 };
  }

  close(): void {
    for (const { descriptor } of this.files.values()) closeSync(descriptor);
    this.files.clear();
  }

  private find(): void {
    const folder = dirname(this.recordFile);
    const stem = `${basename(this.recordFile, ".hvr")}~`;
    const names = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of names) {
      if (!name.startsWith(stem) || this.files.has(name)) continue;
      const pid = Number(/~(\d+)\.hvr$/.exec(name)?.[1] ?? 0);
      const descriptor = openSync(join(folder, name), "r");
      this.files.set(name, { descriptor, pid, offset: RECORD_BYTES, running: 0 });
    }
  }

  private catchUp(read: Read): void {
    for (;;) {
      const bytes = readSync(read.descriptor, this.chunk, 0, CHUNK_BYTES, read.offset);
      const whole = bytes - (bytes % RECORD_BYTES);
      for (let at = 0; at < whole; at += RECORD_BYTES) this.count(read, this.cursor.place(this.chunk, at));
      read.offset += whole;
      if (whole < CHUNK_BYTES) return;
    }
  }

  private count(read: Read, record: RecordCursor): void {
    if (record.kind === Kind.started) {
      this.counts.started += 1;
      read.running += 1;
      this.recent.record(Math.min(Math.max(1, Math.round(record.timeNs - record.middleNs)), LONGEST_NS));
    } else if (record.kind === Kind.completed || record.kind === Kind.failed) {
      this.counts[record.kind === Kind.completed ? "completed" : "failed"] += 1;
      read.running -= 1;
    }
  }
}
