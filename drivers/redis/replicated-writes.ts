import type { ChainableCommander } from "ioredis";
import type { AckLevel } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { type Connection, publishError } from "./connection.js";
import type { WaitOption } from "./wait-option.js";

interface Write {
  readonly payload: Buffer;
  resolve(level: AckLevel): void;
  reject(error: Error): void;
}

/** What ioredis answers a pipeline with: an error or a reply for each command. */
type Replies = Awaited<ReturnType<ChainableCommander["exec"]>>;

/**
 * Sends writes in groups with one WAIT behind each group: WAIT holds up its connection, so that one for each write would
 * take a round trip to the replicas each. What comes while a group waits is the next group.
 */
export class ReplicatedWrites {
  private group: Write[] = [];
  private sending = false;

  constructor(
    private readonly connection: Connection,
    private readonly option: Exclude<WaitOption, "none">,
    private readonly add: (pipeline: ChainableCommander, payload: Buffer) => unknown,
  ) {}

  /** Resolves when enough replicas have it; rejects as a publish does. */
  publish(payload: Buffer): Promise<AckLevel> {
    return new Promise((resolve, reject) => {
      this.group.push({ payload, resolve, reject });
      if (this.sending) return;
      this.sending = true;
      // After all publishes of this turn.
      setImmediate(() => void this.sendAll());
    });
  }

  private async sendAll(): Promise<void> {
    while (this.group.length > 0) {
      const group = this.group;
      this.group = [];
      await this.send(group).catch((error: unknown) => {
        for (const { reject } of group) reject(publishError(error));
      });
    }
    this.sending = false;
  }

  private async send(group: readonly Write[]): Promise<void> {
    const { replicas, timeout } = this.option;
    const replies = await this.connection.once((client) => {
      const pipeline = client.pipeline();
      for (const { payload } of group) this.add(pipeline, payload);
      return pipeline.call("WAIT", replicas, durationOf(timeout)).exec();
    });
    const shortfall = this.shortfall(replies?.[group.length]);
    for (const [index, write] of group.entries()) {
      const failure = replies?.[index]?.[0];
      if (failure) write.reject(publishError(failure));
      else if (shortfall) write.reject(shortfall);
      else write.resolve("replicated");
    }
  }

  /** Why the writes before a WAIT are not known to be replicated; `null` when they are. */
  private shortfall(reply: NonNullable<Replies>[number] | undefined): Error | null {
    const { replicas, timeout } = this.option;
    const [error, count] = reply ?? [null, 0];
    // That the WAIT was refused does not mean that the writes were.
    if (error) return new Error(`no answer to WAIT: ${error.message}`, { cause: error });
    if (Number(count) >= replicas) return null;
    return new Error(`${count} of ${replicas} replicas had it within ${timeout}`);
  }
}
