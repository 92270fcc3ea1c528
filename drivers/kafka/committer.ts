import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../../src/time.js";
import type { Offsets } from "./cluster.js";

/** What commits are made with. */
export interface CommitterRequest {
  /** Time between two commits; 0 for as soon as the one before is answered. */
  readonly intervalMs: number;
  commit(offsets: Offsets): Promise<void>;
  /** Whether a commit was refused because the group has gone on without this member: then it is void. */
  isStale(error: unknown): boolean;
  onError(error: unknown): void;
}

const RETRY_PAUSE_MS = 200;
/** A worker is asked to end, and killed after 20 s. */
const FLUSH_DEADLINE_MS = 10_000;

/** Commits the newest offsets, one request at a time. */
export class Committer {
  private wanted = new Map<number, number>();
  private running: Promise<void> | null = null;
  private closed = false;
  private hurried = false;
  private failing = false;
  /** Counts what was forgotten, so that nothing of it is put back by a commit that was under way meanwhile. */
  private forgotten = 0;

  constructor(private readonly request: CommitterRequest) {}

  want(partition: number, offset: number): void {
    this.wanted.set(partition, offset);
    this.running ??= this.run();
  }

  /** What was wanted for partitions that others have now must not be committed any more. */
  forget(): void {
    this.forgotten += 1;
    this.wanted.clear();
  }

  /** Resolves when all that was wanted is committed (or void); what can't be in time is reported and given up. */
  async flush(deadlineMs = FLUSH_DEADLINE_MS): Promise<void> {
    this.hurried = true;
    if (await within(deadlineMs, this.idle())) return;
    this.request.onError(new Error(`the last offsets could not be committed within ${deadlineMs / 1000} s`));
    this.close();
  }

  private async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Gives up what is not committed yet. */
  close(): void {
    this.closed = true;
    this.wanted.clear();
  }

  private async run(): Promise<void> {
    const { intervalMs } = this.request;
    // What the rest of this turn of the event loop finishes goes into the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.wanted.size > 0 && !this.closed) {
      for (let waited = 0; waited < intervalMs && !this.hurried; waited += RETRY_PAUSE_MS) {
        await sleep(Math.min(RETRY_PAUSE_MS, intervalMs - waited));
      }
      const offsets = this.wanted;
      this.wanted = new Map();
      const { forgotten } = this;
      try {
        await this.request.commit(offsets);
        this.failing = false;
      } catch (error) {
        await this.failed(forgotten === this.forgotten ? offsets : new Map(), error);
      }
    }
    this.running = null;
  }

  /** What is still wanted of a commit that failed is tried again after a pause. */
  private async failed(offsets: Offsets, error: unknown): Promise<void> {
    if (this.closed) return;
    if (this.request.isStale(error)) return;
    // A broker that is away fails every attempt; one report of it is enough.
    if (!this.failing) this.request.onError(error);
    this.failing = true;
    for (const [partition, offset] of offsets) {
      if (!this.wanted.has(partition)) this.wanted.set(partition, offset);
    }
    await sleep(RETRY_PAUSE_MS);
  }
}
