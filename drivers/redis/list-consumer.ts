import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import type { Connection } from "./connection.js";
import { type ListKeys, listKeys, MOVE_SCRIPT } from "./list-keys.js";
import { type ListOptions, onFailOf, reaperTimes } from "./list-options.js";
import { ListReaper } from "./list-reaper.js";
import { connect } from "./producer.js";

const BLOCK_SECONDS = 1;
/** A take that has not come back this long after its time is given up when the consumer stops. */
const STOP_GRACE_MS = 1500;
const ERROR_PAUSE_MS = 100;

/** Takes messages with one blocking connection per concurrent handler, and settles them through one more. */
export class ListConsumer implements Consumer {
  private readonly keys: ListKeys;
  private readonly processing: string;
  private readonly reaper: ListReaper | null;
  private readonly loops: readonly Promise<void>[];
  /** Messages that were taken and are not settled. */
  private readonly held = new Set<string>();
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<ListOptions>,
    private readonly deliver: Deliver,
    private readonly settling: Connection,
    private readonly takers: readonly Connection[],
  ) {
    const { runId, workerId, options } = context;
    this.keys = listKeys(runId);
    this.processing = this.keys.processing(workerId);
    const registers = options.consume === "blmove";
    const times = reaperTimes(options);
    const onError = (error: unknown) => context.onClientError(error);
    this.reaper = registers
      ? new ListReaper({
          keys: this.keys,
          workerId,
          times,
          connection: settling,
          holds: (payload) => this.held.has(payload.toString("latin1")),
          onError,
        })
      : null;
    this.loops = takers.map((taker) => this.takeAll(taker));
  }

  /** Connects and begins to take messages. */
  static async start(this: void, context: ConsumerContext<ListOptions>, deliver: Deliver): Promise<ListConsumer> {
    const settling = await connect(context);
    const takers = await Promise.all(Array.from({ length: context.concurrency }, () => connect(context)));
    return new ListConsumer(context, deliver, settling, takers);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    for (const taker of this.takers) if (!taker.isReady) taker.close();
    const timer = setTimeout(() => this.takers.map((taker) => taker.close()), BLOCK_SECONDS * 1000 + STOP_GRACE_MS);
    await Promise.all(this.loops);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.stopping = true;
    for (const taker of this.takers) taker.close();
    await this.reaper?.stop();
    this.settling.close();
  }

  private async takeAll(taker: Connection): Promise<void> {
    while (!this.stopping) {
      try {
        // Before the first take: what is in a list that nobody knows of could not be found again.
        await this.reaper?.registered;
        const payload = await this.take(taker);
        // Taken is taken: a message that arrives while the consumer stops is handled too.
        if (payload !== null) await this.handle(payload);
      } catch (error) {
        if (this.stopping) return;
        this.context.onClientError(error);
        await sleep(ERROR_PAUSE_MS);
      }
    }
  }

  private async handle(payload: Buffer): Promise<void> {
    const text = payload.toString("latin1");
    this.held.add(text);
    try {
      await this.deliver(this.delivery(payload));
    } finally {
      this.held.delete(text);
    }
  }

  private async take(taker: Connection): Promise<Buffer | null> {
    const { queue } = this.keys;
    if (this.context.options.consume === "blmove") {
      return taker.once((client) => client.blmoveBuffer(queue, this.processing, "RIGHT", "LEFT", BLOCK_SECONDS));
    }
    const taken = await taker.once((client) => client.brpopBuffer(queue, BLOCK_SECONDS));
    return taken?.[1] ?? null;
  }

  private delivery(payload: Buffer): Delivery {
    return {
      payload,
      redelivered: undefined,
      settle: async (outcome) => {
        const end = outcome === "completed" ? "drop" : onFailOf(this.context.options);
        await (this.context.options.consume === "blmove"
          ? this.settleMoved(payload, end)
          : this.settlePopped(payload, end));
      },
    };
  }

  private async settleMoved(payload: Buffer, end: ReturnType<typeof onFailOf>): Promise<void> {
    const { processing, settling } = this;
    if (end === "drop") await settling.untilAnswered((client) => client.lrem(processing, -1, payload));
    else await settling.untilAnswered((client) => client.eval(MOVE_SCRIPT, 2, processing, this.target(end), payload));
  }

  /** A popped message is only in this process: one attempt to put it somewhere, for a second could make two of it. */
  private async settlePopped(payload: Buffer, end: ReturnType<typeof onFailOf>): Promise<void> {
    if (end !== "drop") await this.settling.once((client) => client.lpush(this.target(end), payload));
  }

  /** A message that failed waits behind all others, or it would hold them up. */
  private target(end: "requeue" | "deadLetter"): string {
    return end === "requeue" ? this.keys.queue : this.keys.dead;
  }
}
