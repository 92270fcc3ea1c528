/**
 * Where takers that found nothing wait. However many they are, one of them looks at each interval; who finds something
 * calls the next one, so that a backlog is met by all of them at once.
 */
export class Idle {
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private closed = false;

  constructor(private readonly intervalMs: number) {}

  /** Resolves when this taker is to look again. */
  wait(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.arm();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Lets one taker look at once. */
  wakeOne(): void {
    this.waiting.shift()?.();
    if (this.waiting.length > 0) this.arm();
  }

  /** Lets all go, now and later. */
  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    for (const wake of this.waiting.splice(0)) wake();
  }

  private arm(): void {
    if (this.closed) return;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.wakeOne();
    }, this.intervalMs);
  }
}
