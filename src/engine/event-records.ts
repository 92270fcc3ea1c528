import type { AgentStats, HandlerEvent } from "../agent/protocol.js";
import { RecordWriter } from "../agent/record-writer.js";
import { HEADER_BYTES, openHeader, openPayload, type PayloadHeader, runTag } from "../payload-header.js";
import type { Nanoseconds } from "../units.js";

/** Whose events are written down, and how. */
export interface EventRecordsRequest {
  readonly runId: string;
  readonly index: number;
  readonly incarnation: number;
  readonly recordFile: string;
  /** Time since t0. */
  now(): Nanoseconds;
  onError(error: unknown): void;
}

/**
 * Writes down what a worker tells of its handlers in JSON events. What is in the pipe outlives a killed worker, as the
 * page cache does; times are those of the reading.
 */
export class EventRecords {
  /** As a worker counts that writes its own records. */
  readonly counts = { started: 0, completed: 0, failed: 0 } satisfies AgentStats;
  private readonly writer: RecordWriter;
  private readonly tag: number;
  /** When the handlers that run began, by message. */
  private readonly running = new Map<string, Nanoseconds>();

  constructor(private readonly request: EventRecordsRequest) {
    const { runId, index, incarnation, recordFile, onError } = request;
    this.tag = runTag(runId);
    const header = { role: "worker", index, incarnation, runTag: this.tag } as const;
    this.writer = new RecordWriter({ path: recordFile, header, onError });
  }

  /** Takes one event; what is no message of this run is a stray when it starts, and nothing when it ends. */
  take(event: HandlerEvent): void {
    const atNs = this.request.now();
    if ("started" in event) this.started(event.started, event.redelivered, atNs);
    else if ("completed" in event) this.ended("completed", event.completed, atNs);
    else this.ended("failed", event.failed, atNs);
    void this.writer.flushed();
  }

  close(): void {
    this.writer.close();
  }

  private started(text: string, redelivered: boolean | undefined, atNs: Nanoseconds): void {
    const message = this.open(text);
    if (typeof message === "string") {
      this.writer.pack.stray(message, atNs);
      return;
    }
    this.counts.started += 1;
    this.running.set(keyOf(message), atNs);
    this.writer.pack.started({ ...message, redelivered, atNs });
  }

  private ended(outcome: "completed" | "failed", text: string, atNs: Nanoseconds): void {
    const message = this.open(text);
    if (typeof message === "string") return;
    const key = keyOf(message);
    const startedNs = this.running.get(key);
    this.counts[outcome] += 1;
    this.writer.pack.handled(outcome, message, atNs);
    if (startedNs !== undefined) this.writer.pack.settled(message, startedNs, atNs);
    this.running.delete(key);
  }

  private open(text: string): PayloadHeader | "corrupt" | "foreign" {
    const bytes = Buffer.from(text, "base64");
    return bytes.length > HEADER_BYTES ? openPayload(bytes, this.tag) : openHeader(bytes, this.tag);
  }
}

const keyOf = ({ producer, incarnation, sequence }: PayloadHeader): string => `${producer}.${incarnation}.${sequence}`;
