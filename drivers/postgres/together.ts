interface Waiting {
  readonly id: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Puts together what is to be done while one statement is under way; the next statement does all of it. */
export class Together {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(private readonly act: (ids: readonly string[]) => Promise<void>) {}

  /** Resolves when a statement has done this one; rejects with that statement's error. */
  add(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    // What the same turn of the event loop settles goes along.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        await this.act(batch.map(({ id }) => id));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running = false;
  }
}
