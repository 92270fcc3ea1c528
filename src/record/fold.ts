/**
 * The one reducer from recorded facts to numbers: pure, fed with records in the order of their times.
 * Latencies start at the intended send time; a message belongs to the phase and the slice in which it was due.
 */
import type { LatencyName, PhaseName } from "../result/schema.js";
import type { AckLevel } from "../spi/driver.js";
import type { Nanoseconds } from "../units.js";
import { classify, type ResidueKnowledge } from "./classify.js";
import { type FileHeader, Kind, OutcomeCode, type RecordCursor } from "./format.js";
import { type Histogram, newHistogram, recordNs } from "./histogram.js";
import { Ledger, Outcome, stateOf } from "./ledger.js";
import { SliceCounts, SliceHistograms } from "./slices.js";

export interface PhaseWindow {
  readonly name: PhaseName;
  readonly startNs: Nanoseconds;
  readonly endNs: Nanoseconds;
}

/** What the fold must know beforehand. */
export interface FoldPlan {
  readonly phases: readonly PhaseWindow[];
  readonly countSliceNs: number;
  readonly latencySliceNs: number;
  /** Times at which the open messages are counted, ascending: around the injections of faults. */
  readonly marks: readonly Nanoseconds[];
  /** When worker processes ended, ascending: what they had started is in no one's hands from then on. */
  readonly workerExits: readonly WorkerExit[];
}

/** The end of one worker process. */
export interface WorkerExit {
  readonly index: number;
  readonly incarnation: number;
  readonly atNs: Nanoseconds;
}

/** Open messages at a mark. */
export interface MarkCount {
  /** Acked and not yet started. */
  readonly undelivered: number;
  /** Deliveries started, and not yet handled, by workers that live. */
  readonly inFlight: number;
}

/** A client's error, as counted from its records. */
export interface RecordedError {
  readonly producer: number;
  readonly incarnation: number;
  readonly errorCode: number;
  count: number;
  readonly firstNs: Nanoseconds;
}

export const LATENCY_NAMES = [
  "publishDelay",
  "publish",
  "publishService",
  "endToEnd",
  "handle",
] as const satisfies readonly LatencyName[];

/** Latencies of one phase. */
type PhaseHistograms = Record<LatencyName, Histogram>;

/** Folds records; push them in the order of their times, then read the public fields. */
export class Fold {
  readonly ledger = new Ledger();
  readonly histograms = new Map<PhaseName, PhaseHistograms>();
  readonly sent: SliceCounts;
  readonly acked: SliceCounts;
  readonly delivered: SliceCounts;
  readonly completed: SliceCounts;
  readonly errors: SliceCounts;
  readonly publishSlices: SliceHistograms;
  readonly endToEndSlices: SliceHistograms;
  /** The open messages at each mark of the plan. */
  readonly marks = new Map<Nanoseconds, MarkCount>();
  readonly recordedErrors = new Map<string, RecordedError>();
  /** Times of outcomes other than acked, up to a bound; for the time to detect. */
  readonly errorTimesNs: Nanoseconds[] = [];
  readonly ackLevels: Record<AckLevel, number> = { local: 0, broker: 0, replicated: 0 };
  readonly workers = { started: 0, completed: 0, failed: 0, busyNs: 0 };
  lastNs: Nanoseconds = 0;
  private readonly counted = { phantom: 0, corrupt: 0, reordered: 0, redelivered: 0, producedTwice: 0 };
  private undelivered = 0;
  private readonly inHandlers = new Map<number, number>();
  private nextMark = 0;
  private nextExit = 0;

  constructor(private readonly plan: FoldPlan) {
    const slices = () => new SliceCounts(plan.countSliceNs);
    this.sent = slices();
    this.acked = slices();
    this.delivered = slices();
    this.completed = slices();
    this.errors = slices();
    this.publishSlices = new SliceHistograms(plan.latencySliceNs);
    this.endToEndSlices = new SliceHistograms(plan.latencySliceNs);
  }

  /** Takes one record of the file that `file` heads. */
  push(file: FileHeader, record: RecordCursor): void {
    const { kind } = record;
    const atNs = record.timeNs;
    this.passTime(atNs);
    if (kind !== Kind.residue && atNs > this.lastNs) this.lastNs = atNs;
    if (kind === Kind.lease) this.ledger.lease(file.index, file.incarnation, record.sequence, record.leaseCount);
    else if (kind === Kind.outcome) this.outcome(file, record);
    else if (kind === Kind.started) this.started(file, record);
    else if (kind === Kind.completed) this.handlerCompleted(file, record);
    else if (kind === Kind.failed) this.handlerFailed(file);
    else if (kind === Kind.settled) this.settled(record);
    else if (kind === Kind.corrupt) this.counted.corrupt += 1;
    else if (kind === Kind.foreign) this.counted.phantom += 1;
    else if (kind === Kind.residue && !this.ledger.residue(record, record.flags)) this.counted.phantom += 1;
  }

  /** Counts of `result.json`; throws `InvariantError` when they do not add up. */
  delivery(residue: ResidueKnowledge) {
    this.passTime(Number.POSITIVE_INFINITY);
    return classify(this.ledger, this.counted, residue);
  }

  private outcome(file: FileHeader, record: RecordCursor): void {
    const dueNs = record.outcomeDueNs;
    const sentNs = record.middleNs;
    const doneNs = record.timeNs;
    const code = record.flags;
    const id = { producer: file.index, incarnation: file.incarnation, sequence: record.sequence };
    const before = this.ledger.outcome(id, code);
    if ((before & 3) !== Outcome.leased) return;
    const phase = this.phaseAt(dueNs);
    recordNs(phase.publishDelay, sentNs - dueNs);
    this.sent.add(sentNs);
    if (code === OutcomeCode.acked) {
      recordNs(phase.publish, doneNs - dueNs);
      recordNs(phase.publishService, doneNs - sentNs);
      this.publishSlices.record(dueNs, doneNs - dueNs);
      this.acked.add(doneNs);
      this.ackLevels[record.ackLevel] += 1;
      if (stateOf(before).started === 0) this.undelivered += 1;
    } else {
      this.errors.add(doneNs);
      this.noteError(file, record.errorCode, doneNs);
    }
  }

  private started(file: FileHeader, record: RecordCursor): void {
    this.workers.started += 1;
    this.changeInHandlers(file, 1);
    const known = this.ledger.started(record);
    if (!known) {
      this.counted.phantom += 1;
      return;
    }
    const { outcome, started } = stateOf(known.before);
    if (started > 0) {
      if (record.redelivered === false) this.counted.producedTwice += 1;
      else this.counted.redelivered += 1;
      return;
    }
    const dueNs = record.middleNs;
    const atNs = record.timeNs;
    recordNs(this.phaseAt(dueNs).endToEnd, atNs - dueNs);
    this.endToEndSlices.record(dueNs, atNs - dueNs);
    this.delivered.add(atNs);
    if (outcome === Outcome.acked) this.undelivered -= 1;
    if (known.inverted) this.counted.reordered += 1;
  }

  private handlerFailed(file: FileHeader): void {
    this.workers.failed += 1;
    this.changeInHandlers(file, -1);
  }

  private handlerCompleted(file: FileHeader, record: RecordCursor): void {
    this.workers.completed += 1;
    this.changeInHandlers(file, -1);
    const before = this.ledger.completed(record);
    if (before === undefined || stateOf(before).completed > 0) return;
    this.completed.add(record.timeNs);
  }

  private settled(record: RecordCursor): void {
    const handleNs = record.timeNs - record.middleNs;
    recordNs(this.phaseAt(record.middleNs).handle, handleNs);
    this.workers.busyNs += handleNs;
  }

  private noteError(file: FileHeader, errorCode: number, atNs: Nanoseconds): void {
    if (this.errorTimesNs.length < MAX_ERROR_TIMES) this.errorTimesNs.push(atNs);
    const key = `${file.index}.${file.incarnation}.${errorCode}`;
    const known = this.recordedErrors.get(key);
    if (known) known.count += 1;
    else
      this.recordedErrors.set(key, {
        producer: file.index,
        incarnation: file.incarnation,
        errorCode,
        count: 1,
        firstNs: atNs,
      });
  }

  /** Passes the marks and exits up to a time; an exit at the time of a mark comes after it. */
  private passTime(atNs: Nanoseconds): void {
    for (;;) {
      const mark = this.plan.marks[this.nextMark] ?? Number.POSITIVE_INFINITY;
      const exit = this.plan.workerExits[this.nextExit];
      const exitNs = exit?.atNs ?? Number.POSITIVE_INFINITY;
      const next = Math.min(mark, exitNs);
      if (next > atNs || next === Number.POSITIVE_INFINITY) return;
      if (mark <= exitNs) {
        this.nextMark += 1;
        this.marks.set(mark, { undelivered: this.undelivered, inFlight: sumOf(this.inHandlers.values()) });
      } else if (exit) {
        this.nextExit += 1;
        this.inHandlers.delete(fileKey(exit));
      }
    }
  }

  private changeInHandlers(file: FileHeader, by: number): void {
    this.inHandlers.set(fileKey(file), (this.inHandlers.get(fileKey(file)) ?? 0) + by);
  }

  private phaseAt(dueNs: Nanoseconds): PhaseHistograms {
    const phases = this.plan.phases;
    const name = phases.find((phase) => dueNs < phase.endNs)?.name ?? phases.at(-1)?.name ?? "baseline";
    let histograms = this.histograms.get(name);
    if (!histograms) {
      histograms = {
        publishDelay: newHistogram(3),
        publish: newHistogram(3),
        publishService: newHistogram(3),
        endToEnd: newHistogram(3),
        handle: newHistogram(3),
      };
      this.histograms.set(name, histograms);
    }
    return histograms;
  }
}

const MAX_ERROR_TIMES = 1_000_000;

const fileKey = ({ index, incarnation }: { index: number; incarnation: number }): number =>
  index * 65_536 + incarnation;

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
