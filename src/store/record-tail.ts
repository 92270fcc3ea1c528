import { setImmediate as nextTurn } from "node:timers/promises";
import { runTag } from "../payload-header.js";
import type { Nanoseconds } from "../units.js";
import { recordsDirectory } from "./assemble.js";
import { readEvents } from "./event-log.js";
import { recordBytes } from "./record-files.js";
import { foldPlan, RunFold } from "./run-fold.js";

const LOOK_MS = 1000;
/**
 * Records of one moment are on disk at the end of an event-loop turn. A process that stands still for longer writes one
 * turn's records late: they are counted all the same, after later ones, and at no mark.
 */
const GRACE_NS = 5e9;
/** Segments in the limit: what is removed are whole ones. */
const SEGMENTS = 32;
const SMALLEST_SEGMENT_BYTES = 1 << 16;

/** Size of a segment with which the records of a run can be kept below a limit. */
export const segmentBytesFor = (limitBytes: number): number =>
  Math.max(SMALLEST_SEGMENT_BYTES, Math.floor(limitBytes / SEGMENTS));

/** Keeps the records of a run below a limit while it lasts: folds the oldest and removes them. */
export class RecordTail {
  private readonly timer: NodeJS.Timeout;
  private run: RunFold | null = null;
  private folding: Promise<void> | null = null;

  constructor(
    private readonly runDirectory: string,
    private readonly limitBytes: number,
    private readonly now: () => Nanoseconds,
    private readonly onError: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.look().catch((error: unknown) => this.giveUp(error)), LOOK_MS);
  }

  /** Looks no more; resolves when nothing is folded any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.folding;
  }

  private async look(): Promise<void> {
    const { all, complete } = recordBytes(recordsDirectory(this.runDirectory));
    if (this.folding || all < this.limitBytes / 2 || complete < this.limitBytes / 4) return;
    this.folding = this.fold().catch((error: unknown) => this.giveUp(error));
    await this.folding;
    this.folding = null;
  }

  /** What is on disk can still be folded at the end; only the limit is not kept. */
  private giveUp(error: unknown): void {
    clearInterval(this.timer);
    this.onError(error);
  }

  private async fold(): Promise<void> {
    const untilNs = this.now() - GRACE_NS;
    const events = readEvents(this.runDirectory);
    const begin = events.find((event) => event.type === "begin");
    if (!begin) return;
    const plan = foldPlan(begin, events);
    if (this.run) this.run.learn(plan);
    else this.run = new RunFold(recordsDirectory(this.runDirectory), plan, runTag(begin.runId));
    await this.run.foldAndRemove(untilNs, () => nextTurn());
  }
}
