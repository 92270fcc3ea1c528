/** How calls are put together into requests. */
export interface BatcherRequest<Item> {
  /** Most items of one request. */
  readonly most: number;
  /** Most bytes of one request; a longer item goes alone. */
  readonly mostBytes: number;
  /** How long a request waits for more; 0 for what comes in the same turn of the event loop. */
  readonly lingerMs: number;
  bytesOf(item: Item): number;
  /** Items of one lane stay in order: a lane has one request under way at a time. `null` for none. */
  laneOf(item: Item): string | null;
  /** Sends items; answers with an error or `null` for each, or throws what holds for all of them. */
  send(items: readonly Item[]): Promise<readonly (Error | null)[]>;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly lane: string | null;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Puts single calls together into requests of several, and gives each call its own outcome. */
export class Batcher<Item> {
  private waiting: Waiting<Item>[] = [];
  private readonly busy = new Set<string>();
  private scheduled = false;

  constructor(private readonly request: BatcherRequest<Item>) {}

  /** Resolves when the request that holds the item has succeeded for it. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, lane: this.request.laneOf(item), resolve, reject });
      if (this.waiting.length >= this.request.most) this.flush();
      else this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const flush = () => {
      this.scheduled = false;
      this.flush();
    };
    if (this.request.lingerMs === 0) setImmediate(flush);
    else setTimeout(flush, this.request.lingerMs);
  }

  private flush(): void {
    while (this.waiting.length > 0) {
      const batch = this.take();
      if (batch.length === 0) return;
      void this.send(batch);
    }
  }

  /** What may go into one request now, oldest first. */
  private take(): readonly Waiting<Item>[] {
    const { most, mostBytes } = this.request;
    const batch: Waiting<Item>[] = [];
    const kept: Waiting<Item>[] = [];
    const passedOver = new Set<string>();
    let bytes = 0;
    for (const [index, each] of this.waiting.entries()) {
      if (batch.length === most) {
        kept.push(...this.waiting.slice(index));
        break;
      }
      const { item, lane } = each;
      const size = this.request.bytesOf(item);
      const fits = batch.length === 0 || bytes + size <= mostBytes;
      if (!fits || (lane !== null && (this.busy.has(lane) || passedOver.has(lane)))) {
        if (lane !== null) passedOver.add(lane);
        kept.push(each);
        continue;
      }
      bytes += size;
      batch.push(each);
    }
    this.waiting = kept;
    for (const { lane } of batch) if (lane !== null) this.busy.add(lane);
    return batch;
  }

  private async send(batch: readonly Waiting<Item>[]): Promise<void> {
    try {
      const outcomes = await this.request.send(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const error = outcomes[index];
        if (error === null) resolve();
        else reject(error ?? new Error("the request was answered without a word on this entry"));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    let freed = false;
    for (const { lane } of batch) if (lane !== null) freed = this.busy.delete(lane) || freed;
    if (freed) this.flush();
  }
}
