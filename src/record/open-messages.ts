import type { Nanoseconds } from "../units.js";

/** The end of one worker process. */
export interface WorkerExit {
  readonly index: number;
  readonly incarnation: number;
  readonly atNs: Nanoseconds;
}

/** Moments that matter for what is open: both ascending, and only ever extended by later ones. */
export interface Moments {
  /** Times at which the open messages are counted: around the injections of faults. */
  readonly marks: readonly Nanoseconds[];
  /** When worker processes ended: what they had started is in no one's hands from then on. */
  readonly workerExits: readonly WorkerExit[];
}

/** Open messages at a mark. */
export interface MarkCount {
  /** Acked and not yet started. */
  readonly undelivered: number;
  /** Deliveries started, and not yet handled, by workers that live. */
  readonly inFlight: number;
}

/** Follows how many messages are open, and counts them at each mark. */
export class OpenMessages {
  /** The open messages at each mark that was passed. */
  readonly marks = new Map<Nanoseconds, MarkCount>();
  /** Acked and not yet started. */
  undelivered = 0;
  private readonly inHandlers = new Map<number, number>();
  private nextMark = 0;
  private nextExit = 0;

  constructor(public moments: Moments) {}

  /** A handler of a worker began (1) or ended (-1). */
  changeInHandlers(worker: { readonly index: number; readonly incarnation: number }, by: number): void {
    const key = workerKey(worker);
    this.inHandlers.set(key, (this.inHandlers.get(key) ?? 0) + by);
  }

  /** Passes the marks and exits up to a time; an exit at the time of a mark comes after it. */
  passTime(atNs: Nanoseconds): void {
    const { marks, workerExits } = this.moments;
    for (;;) {
      const mark = marks[this.nextMark] ?? Number.POSITIVE_INFINITY;
      const exit = workerExits[this.nextExit];
      const exitNs = exit?.atNs ?? Number.POSITIVE_INFINITY;
      const next = Math.min(mark, exitNs);
      if (next > atNs || next === Number.POSITIVE_INFINITY) return;
      if (mark <= exitNs) {
        this.nextMark += 1;
        this.marks.set(mark, { undelivered: this.undelivered, inFlight: sumOf(this.inHandlers.values()) });
      } else if (exit) {
        this.nextExit += 1;
        this.inHandlers.delete(workerKey(exit));
      }
    }
  }

  snapshot() {
    const { marks, undelivered, inHandlers, nextMark, nextExit } = this;
    return { marks, undelivered, inHandlers, nextMark, nextExit };
  }

  restore(state: ReturnType<OpenMessages["snapshot"]>): void {
    for (const [mark, count] of state.marks) this.marks.set(mark, count);
    for (const [key, count] of state.inHandlers) this.inHandlers.set(key, count);
    this.undelivered = state.undelivered;
    this.nextMark = state.nextMark;
    this.nextExit = state.nextExit;
  }
}

const workerKey = ({ index, incarnation }: { index: number; incarnation: number }): number =>
  index * 65_536 + incarnation;

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
