/** Runs handlers: of one lane one after the other, of several at the same time, at most `concurrency` in all. */
export class Lanes<T> {
  private readonly queues = new Map<number, T[]>();
  /** Lanes whose next item could be handled if a handler were free, the longest waiting first. */
  private ready: number[] = [];
  private running = 0;
  private count = 0;
  private waiters: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly laneOf: (item: T) => number,
    private readonly handle: (item: T) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** What was pushed and is not handled yet: waiting and running. */
  get held(): number {
    return this.count;
  }

  push(item: T): void {
    this.count += 1;
    const lane = this.laneOf(item);
    const queue = this.queues.get(lane);
    // A queue that is there is waiting already, or its head runs.
    if (queue) queue.push(item);
    else {
      this.queues.set(lane, [item]);
      this.ready.push(lane);
      this.next();
    }
  }

  /** Forgets what waits, if it is to be forgotten; what runs goes on. */
  drop(isDropped: (item: T) => boolean): void {
    for (const [lane, queue] of this.queues) {
      const kept = queue.filter((item) => !isDropped(item));
      this.count -= queue.length - kept.length;
      queue.splice(0, queue.length, ...kept);
      if (kept.length > 0 || !this.ready.includes(lane)) continue;
      this.queues.delete(lane);
      this.ready = this.ready.filter((each) => each !== lane);
    }
    this.tellIdle();
  }

  /** Resolves when nothing is held any more. */
  async idle(): Promise<void> {
    while (this.count > 0) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private next(): void {
    while (this.running < this.concurrency) {
      const lane = this.ready.shift();
      if (lane === undefined) return;
      const item = this.queues.get(lane)?.shift();
      if (item === undefined) continue;
      this.running += 1;
      void this.handle(item)
        .catch(this.onError)
        .then(() => this.ended(lane));
    }
  }

  private ended(lane: number): void {
    this.running -= 1;
    this.count -= 1;
    if ((this.queues.get(lane)?.length ?? 0) > 0) this.ready.push(lane);
    else this.queues.delete(lane);
    this.next();
    this.tellIdle();
  }

  private tellIdle(): void {
    if (this.count === 0) for (const resolve of this.waiters.splice(0)) resolve();
  }
}
