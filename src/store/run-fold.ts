import { prioritiesOf } from "../load/attributes.js";
import { COUNT_SLICE_NS, latencySliceNs, loadEndNs } from "../load/phases.js";
import type { BeginEvent, RunEvent } from "../record/events.js";
import { Fold, type FoldPlan } from "../record/fold.js";
import { LostMessages } from "../record/lost.js";
import { mergeRecords, RecordMerge, type RecordVisitor } from "../record/merge.js";
import { OpenAcks } from "../record/open-acks.js";
import type { WorkerExit } from "../record/open-messages.js";
import { lastSeenNs } from "../record/parse-events.js";
import { faultTimes, markTimes } from "../result/faults.js";
import type { Nanoseconds } from "../units.js";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.js";
import { openRecords, type Position, removeBefore } from "./record-files.js";

/** After its last event: agents that went on while havoq itself stood still, until it was killed. */
const LATE_NS = 600e9;

/** What a run's events say that its fold must know. */
export function foldPlan(begin: BeginEvent, events: readonly RunEvent[]): FoldPlan {
  const faults = faultTimes(events.filter((event) => event.type === "fault"));
  const { load, seed } = begin.scenario;
  return {
    ...(load.priorities ? { priorityOf: prioritiesOf(load.priorities, seed) } : {}),
    phases: begin.phases,
    countSliceNs: COUNT_SLICE_NS,
    latencySliceNs: latencySliceNs(begin.phases),
    latestNs: Math.max(loadEndNs(begin.phases), lastSeenNs(events)) + LATE_NS,
    marks: [...new Set(faults.flatMap(markTimes))].sort((a, b) => a - b),
    workerExits: workerExits(events),
  };
}

/** Exits that the engine saw, by worker and incarnation. */
function workerExits(events: readonly RunEvent[]): WorkerExit[] {
  return events.flatMap((event) => {
    if (event.type !== "agent" || event.state !== "exited") return [];
    const [, role, index] = /^(\w+)-(\d+)$/.exec(event.name) ?? [];
    return role === "worker" ? [{ index: Number(index), incarnation: event.incarnation, atNs: event.atNs }] : [];
  });
}

/** The fold of a run's records, as far as it has come; goes on from the checkpoint, if there is one. */
export class RunFold {
  readonly fold: Fold;
  private readonly openAcks = new OpenAcks();
  private positions: ReadonlyMap<string, Position> = new Map();

  constructor(
    private readonly recordsDirectory: string,
    plan: FoldPlan,
    /** Of the run: a file of another is refused. */
    private readonly runTag: number,
  ) {
    this.fold = new Fold(plan);
    const checkpoint = readCheckpoint(recordsDirectory);
    if (!checkpoint) return;
    this.fold.restore(checkpoint.fold);
    this.openAcks.restore(checkpoint.openAcks);
    this.positions = checkpoint.positions;
  }

  /** Folds all that is on disk. */
  foldAll(): void {
    this.pass((file, record) => this.fold.push(file, record));
  }

  /** The lost messages by the fault that they are ascribed to; once all is folded. Fault times ascend. */
  lostByFault(faultsNs: readonly Nanoseconds[]): LostMessages["byFault"] {
    const lost = new LostMessages(this.fold.ledger, faultsNs);
    this.openAcks.forEach((id, ackedNs) => {
      lost.acked(id, ackedNs);
    });
    if (faultsNs.length > 0) this.pass((file, record) => lost.push(file, record));
    return lost.byFault;
  }

  /** Tells of marks and exits that have come since; those before the last folded record must be known by then. */
  learn(plan: FoldPlan): void {
    this.fold.open.moments = plan;
    this.fold.latestNs = plan.latestNs;
  }

  /** Folds what is not later than `untilNs`, in steps, and removes it from the disk. */
  async foldAndRemove(untilNs: Nanoseconds, afterStep: () => Promise<void>): Promise<void> {
    const { fold, openAcks } = this;
    const from = this.positions;
    const to = new Map([...from, ...(await this.foldUntil(untilNs, afterStep))]);
    openAcks.prune(fold.ledger);
    using records = openRecords(this.recordsDirectory, { from, to });
    const merge = new RecordMerge(records.sources);
    const push: RecordVisitor = (file, record) => openAcks.push(file, record, fold.ledger);
    while (merge.advance(Number.POSITIVE_INFINITY, RECORDS_PER_STEP, push)) await afterStep();
    this.positions = to;
    writeCheckpoint(this.recordsDirectory, {
      fold: fold.snapshot(),
      openAcks: openAcks.snapshot(),
      positions: this.positions,
    });
    removeBefore(this.recordsDirectory, this.positions);
  }

  private pass(visit: RecordVisitor): void {
    using records = openRecords(this.recordsDirectory, { from: this.positions, runTag: this.runTag });
    mergeRecords(records.sources, visit);
  }

  /** Answers where each file was left. */
  private async foldUntil(untilNs: Nanoseconds, afterStep: () => Promise<void>): Promise<[string, Position][]> {
    using records = openRecords(this.recordsDirectory, { from: this.positions, runTag: this.runTag });
    const merge = new RecordMerge(records.sources);
    const push: RecordVisitor = (file, record) => this.fold.push(file, record);
    while (merge.advance(untilNs, RECORDS_PER_STEP, push)) await afterStep();
    const { visitedBytes } = merge;
    return records.sources.map((source, at) => [source.file, source.positionAfter(visitedBytes[at] ?? 0)]);
  }
}

/** A few milliseconds of work. */
const RECORDS_PER_STEP = 20_000;
