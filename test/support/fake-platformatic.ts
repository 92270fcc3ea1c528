import { EventEmitter } from "node:events";
import { Readable } from "node:stream";

/** A stream of the library: it reads where it begins, and then brings what the test gives it. */
class FakeStream extends Readable {
  offsetsToFetch = new Map<string, bigint>();

  constructor(
    private readonly topic: string,
    private readonly from: number,
  ) {
    super({ objectMode: true, highWaterMark: 1000 });
  }

  override _construct(callback: () => void): void {
    setImmediate(() => {
      this.offsetsToFetch.set(`${this.topic}:0`, BigInt(this.from));
      this.emit("offsets");
      callback();
    });
  }

  override _read(): void {}

  brings(from: number, to: number): void {
    if (this.destroyed) return;
    for (let offset = from; offset <= to; offset++) {
      this.push({ partition: 0, offset: BigInt(offset), value: Buffer.from(String(offset)) });
    }
  }
}

/** The library's consumer, alone in its group, with one partition whose messages the test has fetched for it. */
export class FakeClient extends EventEmitter {
  static last: FakeClient | null = null;
  readonly topics = { track: (topic: string) => (this.topic = topic) };
  private topic = "";
  readonly connections = { close: async () => {} };
  readonly streams: FakeStream[] = [];
  committed = 0;

  constructor() {
    super();
    FakeClient.last = this;
  }

  async consume(): Promise<FakeStream> {
    if (this.streams.length === 0) this.joins("member-1");
    const stream = new FakeStream(this.topic, this.committed);
    this.streams.push(stream);
    return stream;
  }

  async commit({ offsets }: { offsets: { offset: bigint }[] }): Promise<void> {
    for (const { offset } of offsets) this.committed = Number(offset);
  }

  close(_force: boolean, callback: () => void): void {
    callback();
  }

  joins(memberId: string): void {
    this.emit("consumer:group:join", { memberId, assignments: [{ topic: this.topic, partitions: [0] }] });
  }
}

/** The library's admin client: the partition was empty. */
export class FakeAdmin {
  async listOffsets() {
    return [{ partitions: [{ partitionIndex: 0, offset: 0n }] }];
  }

  async close(): Promise<void> {}
}
