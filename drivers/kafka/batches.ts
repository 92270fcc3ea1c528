import type { OutgoingRecord } from "./sender.js";

/** Messages that are sent, confirmed and refused together. */
export class Batch {
  readonly records: OutgoingRecord[] = [];
  bytes = 0;
  /** Resolves when the batch is confirmed; the same promise for all its messages. */
  readonly confirmed: Promise<void>;
  resolve: () => void = () => {};
  reject: (error: Error) => void = () => {};

  constructor() {
    this.confirmed = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  add(record: OutgoingRecord): void {
    this.records.push(record);
    this.bytes += record.value.length;
  }
}

/** What a lane works with. */
export interface LaneRequest {
  readonly batchBytes: number;
  readonly lingerMs: number;
  /** Unanswered batches at a time. */
  readonly inFlight: number;
  send(batch: Batch): Promise<void>;
  /** Resolves when sending makes sense again after a batch failed; rejects when that will never be. */
  recover(error: Error): Promise<void>;
}

/** The batches of one partition: messages of one turn of the event loop (or of `lingerMs`) go together. */
export class Lane {
  private readonly waiting: Batch[] = [];
  private readonly sent = new Set<Batch>();
  private recovering = false;
  private timer: NodeJS.Timeout | null = null;
  private pumpQueued = false;
  private closedWith: Error | null = null;

  constructor(private readonly request: LaneRequest) {}

  /** Takes a message; answers with the promise of its batch. */
  add(record: OutgoingRecord): Promise<void> {
    if (this.closedWith) return Promise.reject(this.closedWith);
    const { batchBytes } = this.request;
    let batch = this.waiting.at(-1);
    if (!batch || batch.bytes + record.value.length > batchBytes) {
      batch = new Batch();
      this.waiting.push(batch);
    }
    batch.add(record);
    this.schedule(batch.bytes >= batchBytes);
    return batch.confirmed;
  }

  /** Rejects all that is unanswered and all that comes. */
  close(error: Error): void {
    this.closedWith = error;
    if (this.timer) clearTimeout(this.timer);
    for (const batch of [...this.sent, ...this.waiting.splice(0)]) batch.reject(error);
  }

  private schedule(full: boolean): void {
    const { lingerMs } = this.request;
    if (lingerMs > 0 && !full) {
      this.timer ??= setTimeout(() => this.pump(), lingerMs);
    } else if (!this.pumpQueued) {
      this.pumpQueued = true;
      queueMicrotask(() => this.pump());
    }
  }

  private pump(): void {
    this.pumpQueued = false;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    while (!this.recovering && this.sent.size < this.request.inFlight) {
      const batch = this.waiting.shift();
      if (!batch) return;
      this.sent.add(batch);
      void this.send(batch);
    }
  }

  private async send(batch: Batch): Promise<void> {
    try {
      await this.request.send(batch);
      batch.resolve();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      batch.reject(failure);
      await this.recover(failure);
    }
    this.sent.delete(batch);
    this.pump();
  }

  private async recover(error: Error): Promise<void> {
    if (this.recovering || this.closedWith) return;
    this.recovering = true;
    try {
      await this.request.recover(error);
    } catch {
      // Closed meanwhile: close() has rejected what waited.
    } finally {
      this.recovering = false;
    }
  }
}
