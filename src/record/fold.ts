/**
 * The one reducer from recorded facts to numbers: pure, fed with records in the order of their times.
 * Latencies start at the intended send time; a message belongs to the phase and the slice in which it was due.
 */

import type { PhaseWindow } from "../load/phases.js";
import { LATENCY_NAMES } from "../metrics/latency.js";
import type { LatencyName, PhaseName } from "../result-schema.js";
import type { AckLevel } from "../spi/driver.js";
import type { Nanoseconds } from "../units.js";
import { assertDense, assertLeased, assertStarted, checkRecord } from "./check.js";
import { classify, type ResidueKnowledge } from "./classify.js";
import { FileCounts } from "./file-counts.js";
import { type FileHeader, Kind, OutcomeCode, type RecordCursor } from "./format.js";
import { type Histogram, newHistogram, recordNs, restoreHistogram, snapshotOf } from "./histogram.js";
import { Ledger, Outcome, stateOf } from "./ledger.js";
import { type Moments, OpenMessages } from "./open-messages.js";
import { SliceCounts, SliceHistograms } from "./slices.js";

/** What the fold must know beforehand. */
export interface FoldPlan extends Moments {
  readonly phases: readonly PhaseWindow[];
  readonly countSliceNs: number;
  readonly latencySliceNs: number;
  /** Nothing that was recorded can be later. */
  readonly latestNs: Nanoseconds;
  /** The priority of a message by its producer and its number in the producer's schedule; where messages have one. */
  readonly priorityOf?: (producer: number, index: number) => number;
}

/** A client's error, as counted from its records. */
export interface RecordedError {
  readonly producer: number;
  readonly incarnation: number;
  readonly errorCode: number;
  count: number;
  readonly firstNs: Nanoseconds;
}

const COUNT_NAMES = ["sent", "acked", "delivered", "completed", "errors"] as const;

/** What a fold knows, for a checkpoint. */
export type FoldSnapshot = ReturnType<Fold["snapshot"]>;

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
  /** End-to-end latencies by priority, without the warm-up. */
  readonly priorities = new Map<number, Histogram>();
  readonly open: OpenMessages;
  readonly recordedErrors = new Map<string, RecordedError>();
  /** Times of outcomes other than acked, up to a bound; for the time to detect. */
  readonly errorTimesNs: Nanoseconds[] = [];
  readonly ackLevels: Record<AckLevel, number> = { local: 0, broker: 0, replicated: 0 };
  readonly workers = { started: 0, completed: 0, failed: 0, busyNs: 0 };
  readonly files = new FileCounts();
  lastNs: Nanoseconds = 0;
  /** Nothing that was recorded can be later. */
  latestNs: Nanoseconds;
  private readonly counted = { phantom: 0, corrupt: 0, reordered: 0, redelivered: 0, producedTwice: 0 };

  constructor(private readonly plan: FoldPlan) {
    this.open = new OpenMessages(plan);
    this.latestNs = plan.latestNs;
    const slices = () => new SliceCounts(plan.countSliceNs);
    this.sent = slices();
    this.acked = slices();
    this.delivered = slices();
    this.completed = slices();
    this.errors = slices();
    this.publishSlices = new SliceHistograms(plan.latencySliceNs);
    this.endToEndSlices = new SliceHistograms(plan.latencySliceNs);
  }

  /** Takes one record of the file that `file` heads; throws `RecordError` when it can't be true. */
  push(file: FileHeader, record: RecordCursor): void {
    checkRecord(file, record, this.latestNs);
    const { kind } = record;
    const atNs = record.timeNs;
    this.open.passTime(atNs);
    if (kind !== Kind.residue && atNs > this.lastNs) this.lastNs = atNs;
    if (kind === Kind.lease) this.lease(file, record);
    else if (kind === Kind.outcome) this.outcome(file, record);
    else if (kind === Kind.started) this.started(file, record);
    else if (kind === Kind.completed) this.handlerCompleted(file, record);
    else if (kind === Kind.failed) this.handlerFailed(file, record);
    else if (kind === Kind.settled) this.settled(record);
    else if (kind === Kind.corrupt) this.counted.corrupt += 1;
    else if (kind === Kind.foreign) this.counted.phantom += 1;
    else if (kind === Kind.residue && !this.ledger.residue(record, record.flags)) this.counted.phantom += 1;
  }

  /** Counts of `result.json`; throws `InvariantError` when they do not add up. */
  delivery(residue: ResidueKnowledge) {
    this.open.passTime(Number.POSITIVE_INFINITY);
    return classify(this.ledger, this.counted, residue);
  }

  /** Everything the fold knows, as plain data for `restore`. */
  snapshot() {
    const { ledger, histograms, ackLevels, workers, counted, lastNs, recordedErrors, errorTimesNs, open } = this;
    const encoded = [...histograms].map(
      ([phase, each]) => [phase, LATENCY_NAMES.map((name) => snapshotOf(each[name]))] as const,
    );
    return {
      ledger: ledger.snapshot(),
      histograms: encoded,
      counts: COUNT_NAMES.map((name) => this[name].counts),
      publishSlices: this.publishSlices.snapshot(),
      endToEndSlices: this.endToEndSlices.snapshot(),
      priorities: [...this.priorities].map(([priority, histogram]) => [priority, snapshotOf(histogram)] as const),
      open: open.snapshot(),
      ...{ ackLevels, workers, counted, lastNs, recordedErrors, errorTimesNs },
      files: this.files.snapshot(),
    };
  }

  /** Goes on where the fold of the same run was that gave this snapshot; only for a fold that was not used yet. */
  restore(state: FoldSnapshot): void {
    this.ledger.restore(state.ledger);
    for (const [phase, encoded] of state.histograms) {
      const histograms = this.histogramsOf(phase);
      LATENCY_NAMES.forEach((name, index) => {
        const snapshot = encoded[index];
        if (snapshot) restoreHistogram(histograms[name], snapshot);
      });
    }
    COUNT_NAMES.forEach((name, index) => {
      for (const count of state.counts[index] ?? []) this[name].counts.push(count);
    });
    this.publishSlices.restore(state.publishSlices);
    this.endToEndSlices.restore(state.endToEndSlices);
    for (const [priority, snapshot] of state.priorities) restoreHistogram(this.ofPriority(priority), snapshot);
    this.open.restore(state.open);
    Object.assign(this.ackLevels, state.ackLevels);
    Object.assign(this.workers, state.workers);
    Object.assign(this.counted, state.counted);
    this.lastNs = state.lastNs;
    this.files.restore(state.files);
    for (const [key, error] of state.recordedErrors) this.recordedErrors.set(key, error);
    for (const atNs of state.errorTimesNs) this.errorTimesNs.push(atNs);
  }

  private lease(file: FileHeader, record: RecordCursor): void {
    assertDense(this.ledger.leasedTo(file.index, file.incarnation), record);
    this.ledger.lease(file.index, file.incarnation, record.sequence, record.leaseCount);
  }

  private outcome(file: FileHeader, record: RecordCursor): void {
    assertLeased(this.ledger.leasedTo(file.index, file.incarnation), record);
    const dueNs = record.outcomeDueNs;
    const sentNs = record.middleNs;
    const doneNs = record.timeNs;
    const code = record.flags;
    const id = { producer: file.index, incarnation: file.incarnation, sequence: record.sequence };
    if (code === OutcomeCode.acked) this.files.of(file).acked += 1;
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
      if (stateOf(before).started === 0) this.open.undelivered += 1;
    } else {
      this.errors.add(doneNs);
      this.noteError(file, record.errorCode, doneNs);
    }
  }

  private started(file: FileHeader, record: RecordCursor): void {
    this.workers.started += 1;
    this.files.of(file).started += 1;
    this.open.changeInHandlers(file, 1);
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
    this.notePriority(record, dueNs, atNs);
    this.delivered.add(atNs);
    if (outcome === Outcome.acked) this.open.undelivered -= 1;
    if (known.inverted) this.counted.reordered += 1;
  }

  private notePriority(record: RecordCursor, dueNs: Nanoseconds, atNs: Nanoseconds): void {
    const { priorityOf, phases } = this.plan;
    const [first] = phases;
    if (!priorityOf || (first?.name === "warmup" && dueNs < first.endNs)) return;
    recordNs(this.ofPriority(priorityOf(record.producer, this.ledger.indexOf(record))), atNs - dueNs);
  }

  private ofPriority(priority: number): Histogram {
    let histogram = this.priorities.get(priority);
    if (!histogram) {
      histogram = newHistogram(3);
      this.priorities.set(priority, histogram);
    }
    return histogram;
  }

  private handlerFailed(file: FileHeader, record: RecordCursor): void {
    if (this.ledger.isLeased(record)) assertStarted(this.ledger.state(record), record);
    this.workers.failed += 1;
    this.open.changeInHandlers(file, -1);
    this.handledUnsettled(record);
  }

  private handlerCompleted(file: FileHeader, record: RecordCursor): void {
    this.workers.completed += 1;
    this.open.changeInHandlers(file, -1);
    this.handledUnsettled(record);
    const before = this.ledger.completed(record);
    if (before !== undefined) assertStarted(before, record);
    if (before === undefined || stateOf(before).completed > 0) return;
    this.completed.add(record.timeNs);
  }

  /** A worker that can't see its delivery settled says with the end of the handler when it began. */
  private handledUnsettled(record: RecordCursor): void {
    if (record.middleNs > 0) this.settled(record);
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

  private phaseAt(dueNs: Nanoseconds): PhaseHistograms {
    const phases = this.plan.phases;
    return this.histogramsOf(phases.find((phase) => dueNs < phase.endNs)?.name ?? phases.at(-1)?.name ?? "baseline");
  }

  private histogramsOf(name: PhaseName): PhaseHistograms {
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
