/** Counts free handlers, so that no more messages are taken than can be handled at once. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Takes one to `most` slots, waiting until there is one; answers how many. */
  async take(most: number): Promise<number> {
    while (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const taken = Math.min(this.free, most);
    this.free -= taken;
    return taken;
  }

  /** Gives slots back. */
  give(count: number): void {
    this.free += count;
    for (let woken = 0; woken < count; woken++) this.waiting.shift()?.();
  }
}
