import { readFileSync } from "node:fs";
import { attributesOf } from "../load/attributes.js";
import { type PayloadMaker, payloadMaker } from "../load/payload.js";
import { createSchedule, type Schedule } from "../load/schedule.js";
import { runTag, sealPayload } from "../payload-header.js";
import type { OutcomeName } from "../record/format.js";
import { type AckLevel, type Attributes, type Producer, RejectedError } from "../spi/driver.js";
import { type Nanoseconds, NS_PER_MS } from "../units.js";
import type { Clock } from "./clock.js";
import type { ErrorTexts } from "./error-texts.js";
import { Pacer } from "./pacer.js";
import type { AgentStats, ConfigureMessage, ProducerConfig } from "./protocol.js";
import { RecordWriter } from "./record-writer.js";

/** What a part of an agent reports to. */
export interface PartHost {
  readonly clock: Clock;
  readonly epochNs: bigint;
  readonly errors: ErrorTexts;
  fatal(error: unknown): void;
}

const TIMEOUT_SWEEP_MS = 100;

/** The producing half of an agent: sends what is due, however late, and writes down how each publish ended. */
export class ProducerPart {
  private readonly writer: RecordWriter;
  private readonly schedule: Schedule | null;
  private readonly total: number;
  private readonly makePayload: PayloadMaker;
  private readonly attributesOf: (index: number) => Attributes;
  private readonly outstanding = new Map<number, { readonly dueNs: Nanoseconds; readonly sentNs: Nanoseconds }>();
  private readonly counts = { acked: 0, rejected: 0, indeterminate: 0 };
  private readonly tag: number;
  private readonly sweep: NodeJS.Timeout;
  private pacer: Pacer | null = null;
  private next = 0;
  private stopping = false;
  private pumpQueued = false;
  private finish: (() => void) | null = null;
  /** Resolves when the whole load was sent and every publish has an outcome. */
  readonly done = new Promise<void>((resolve) => {
    this.finish = resolve;
  });

  constructor(
    private readonly configure: ConfigureMessage,
    private readonly config: ProducerConfig,
    private readonly producer: Producer,
    private readonly host: PartHost,
  ) {
    const { index, incarnation, runId, seed } = configure;
    this.tag = runTag(runId);
    this.writer = new RecordWriter({
      path: config.recordFile,
      header: { role: "producer", index, incarnation, runTag: this.tag },
      ...(config.segmentBytes === undefined ? {} : { segmentBytes: config.segmentBytes }),
      // Earlier segments may be gone when a successor of this process asks where to go on.
      onSegment: (pack) => pack.lease({ firstSequence: 0, count: this.next, atNs: host.clock() }),
      onError: (error) => host.fatal(error),
    });
    this.makePayload = payloadMaker({ payload: config.payload, seed }, readFileSync);
    this.attributesOf = attributesOf({ ...config, seed, producer: index });
    this.schedule = config.schedule && createSchedule(config.schedule);
    this.total = this.schedule
      ? this.schedule.countBefore(config.loadEndNs) - config.firstIndex
      : Number.POSITIVE_INFINITY;
    this.sweep = setInterval(() => this.expire(), TIMEOUT_SWEEP_MS);
    if (config.schedule) {
      const { firstIndex, loadEndNs, schedule: spec } = config;
      this.pacer = new Pacer({ spec, firstIndex, loadEndNs, epochNs: host.epochNs }, () => this.pump(), host.fatal);
    }
    const untilBeginMs = -host.clock() / NS_PER_MS;
    setTimeout(() => this.pump(), Math.max(0, untilBeginMs));
  }

  get stats(): AgentStats {
    return { sent: this.next, ...this.counts, outstanding: this.outstanding.size };
  }

  /** Sends no more, waits for the confirms that are out, and closes the record file. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.pacer?.stop();
    this.checkDone();
    await this.done;
    clearInterval(this.sweep);
    this.writer.close();
    await this.producer.close();
  }

  private pump(): void {
    if (this.stopping) return;
    const nowNs = this.host.clock();
    const first = this.next;
    const count = this.countDue(nowNs);
    if (count > 0) {
      // Written before any of them is handed over: a message that was seen is never unknown to the ledger.
      this.writer.pack.lease({ firstSequence: first, count, atNs: nowNs });
      this.next += count;
      this.writer.flush();
      for (let sequence = first; sequence < first + count; sequence++) this.send(sequence);
    }
    this.checkDone();
  }

  private countDue(nowNs: Nanoseconds): number {
    const room = Math.min(this.config.window - this.outstanding.size, this.total - this.next);
    if (!this.schedule) return nowNs >= 0 && nowNs < this.config.loadEndNs ? room : 0;
    let count = 0;
    while (count < room && this.schedule.dueNs(this.config.firstIndex + this.next + count) <= nowNs) count += 1;
    return count;
  }

  private send(sequence: number): void {
    const index = this.config.firstIndex + sequence;
    const payload = this.makePayload(index);
    const attributes = this.attributesOf(index);
    const sentNs = this.host.clock();
    const dueNs = this.schedule ? this.schedule.dueNs(index) : sentNs;
    const { index: producer, incarnation } = this.configure;
    sealPayload(payload, this.tag, { producer, incarnation, sequence, dueNs, key: attributes.key ?? 0 });
    this.outstanding.set(sequence, { dueNs, sentNs });
    this.producer.publish(payload, attributes).then(
      (level) => this.settle(sequence, "acked", level, 0),
      (error: unknown) => {
        const outcome = error instanceof RejectedError ? "rejected" : "indeterminate";
        this.settle(sequence, outcome, "broker", this.host.errors.codeOf(error));
      },
    );
  }

  private settle(sequence: number, outcome: OutcomeName, level: AckLevel, errorCode: number): void {
    const sent = this.outstanding.get(sequence);
    // An answer after the time-out changes nothing: the client had given up on it.
    if (!sent) return;
    this.outstanding.delete(sequence);
    this.counts[outcome] += 1;
    const { dueNs, sentNs } = sent;
    const doneNs = this.host.clock();
    this.writer.pack.outcome({ outcome, level, errorCode, sequence, dueNs, sentNs, doneNs });
    void this.writer.flushed();
    this.queuePump();
  }

  /** A confirm makes room in the window; all confirms of a turn are used by one pump. */
  private queuePump(): void {
    if (this.pumpQueued) return;
    this.pumpQueued = true;
    setImmediate(() => {
      this.pumpQueued = false;
      this.pump();
      this.checkDone();
    });
  }

  private expire(): void {
    const before = this.host.clock() - this.config.confirmTimeoutMs * NS_PER_MS;
    for (const [sequence, { sentNs }] of this.outstanding) {
      if (sentNs > before) break;
      const error = new Error(`no confirm within ${this.config.confirmTimeoutMs} ms`);
      this.settle(sequence, "indeterminate", "broker", this.host.errors.codeOf(error));
    }
    this.pump();
  }

  private checkDone(): void {
    const all = this.schedule ? this.next >= this.total : this.host.clock() >= this.config.loadEndNs;
    if ((all || this.stopping) && this.outstanding.size === 0) this.finish?.();
  }
}
