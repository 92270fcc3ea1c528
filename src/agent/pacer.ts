import { Worker } from "node:worker_threads";
import type { ScheduleSpec } from "../load/schedule.js";
import { programFile } from "../package.js";

/** What the pacing thread is given. */
export interface PacerInput {
  readonly spec: ScheduleSpec;
  /** Index of the first message to wake for. */
  readonly firstIndex: number;
  readonly epochNs: bigint;
  readonly loadEndNs: number;
  /** Counts the wake-ups; the main thread waits on it. */
  readonly ticks: Int32Array;
}

/**
 * Wakes `onTick` when messages fall due, within about 0.1 ms: a thread sleeps in `Atomics.wait` (fractional
 * milliseconds, unlike a timer) and notifies the event loop. A stalled loop finds one pending tick, not a queue.
 */
export class Pacer {
  private readonly ticks = new Int32Array(new SharedArrayBuffer(4));
  private readonly thread: Worker;
  private stopped = false;

  constructor(
    input: Omit<PacerInput, "ticks">,
    private readonly onTick: () => void,
    onError: (error: unknown) => void,
  ) {
    this.thread = new Worker(programFile("pacer-thread"), {
      workerData: { ...input, ticks: this.ticks },
    });
    this.thread.on("error", onError);
    this.listen(0);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.thread.terminate();
  }

  private listen(seen: number): void {
    if (this.stopped) return;
    const wake = () => {
      if (this.stopped) return;
      const now = Atomics.load(this.ticks, 0);
      this.onTick();
      this.listen(now);
    };
    const wait = Atomics.waitAsync(this.ticks, 0, seen);
    // Not through a microtask when a tick is already there: the loop must get to its sockets in between.
    if (wait.async) void wait.value.then(wake);
    else setImmediate(wake);
  }
}
