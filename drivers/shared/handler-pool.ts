import Denque from "denque";

interface Waiter {
  readonly atMost: number;
  readonly resolve: () => void;
}

/** Runs handlers of what was taken, at most `concurrency` at a time and in the order of arrival. */
export class HandlerPool<T> {
  /** Without a limit of its own where a broker pushes without one; an array of that size takes long to shift. */
  private readonly queue = new Denque<T>();
  private running = 0;
  private waiters: Waiter[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly handle: (item: T) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** What was taken and is not handled yet: waiting and running. */
  get held(): number {
    return this.queue.length + this.running;
  }

  push(item: T): void {
    this.queue.push(item);
    this.next();
  }

  /** Resolves as soon as no more than this many are held. */
  async heldAtMost(atMost: number): Promise<void> {
    if (this.held > atMost) await new Promise<void>((resolve) => this.waiters.push({ atMost, resolve }));
  }

  private next(): void {
    while (this.running < this.concurrency) {
      const item = this.queue.shift();
      if (item === undefined) return;
      this.running += 1;
      void this.handle(item)
        .catch(this.onError)
        .then(() => {
          this.running -= 1;
          this.next();
          this.wake();
        });
    }
  }

  private wake(): void {
    const held = this.held;
    const ready = this.waiters.filter(({ atMost }) => held <= atMost);
    if (ready.length === 0) return;
    this.waiters = this.waiters.filter(({ atMost }) => held > atMost);
    for (const { resolve } of ready) resolve();
  }
}
