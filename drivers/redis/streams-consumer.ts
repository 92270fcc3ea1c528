import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, ConsumerContext, Deliver, Delivery } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { HandlerPool } from "../shared/handler-pool.js";
import type { Connection } from "./connection.js";
import { connect } from "./producer.js";
import { asArray, asBuffer } from "./reply.js";
import {
  createGroup,
  DEAD_LETTER_SCRIPT,
  type Entry,
  FIELD,
  GROUP,
  isGroupGone,
  readEntries,
  streamKeys,
} from "./streams-group.js";
import { type StreamsOptions, sweepInterval } from "./streams-options.js";

interface Taken extends Entry {
  readonly redelivered: boolean;
}

/** A read that has not come back this long after its time is given up when the consumer stops. */
const STOP_GRACE_MS = 1500;
const ERROR_PAUSE_MS = 100;
const FIRST_ID = "0-0";

/** One member of the consumer group: one connection reads and blocks, another settles. */
export class StreamsConsumer implements Consumer {
  private readonly keys: ReturnType<typeof streamKeys>;
  private readonly pool: HandlerPool<Taken>;
  private readonly loop: Promise<void>;
  /** Held here and not settled; a claim of one of these would make its handler run twice at once. */
  private readonly held = new Set<string>();
  private cursor = FIRST_ID;
  private nextSweepMs: number;
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<StreamsOptions>,
    deliver: Deliver,
    private readonly reading: Connection,
    private readonly settling: Connection,
  ) {
    const { runId, options, concurrency } = context;
    this.keys = streamKeys(runId);
    this.nextSweepMs = options.claim === "none" ? Number.POSITIVE_INFINITY : performance.now() + sweepInterval(options);
    const handle = (taken: Taken) => deliver(this.delivery(taken)).finally(() => this.held.delete(taken.id));
    this.pool = new HandlerPool(concurrency, handle, (error) => context.onClientError(error));
    this.loop = this.takeAll();
  }

  /** Connects and begins to take messages. */
  static async start(this: void, context: ConsumerContext<StreamsOptions>, deliver: Deliver): Promise<StreamsConsumer> {
    const [reading, settling] = await Promise.all([connect(context), connect(context)]);
    return new StreamsConsumer(context, deliver, reading, settling);
  }

  /** What was prefetched is handled too: left alone, it would stay unsettled. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (!this.reading.isReady) this.reading.close();
    const timer = setTimeout(() => this.reading.close(), durationOf(this.context.options.block) + STOP_GRACE_MS);
    await this.loop;
    clearTimeout(timer);
    await this.pool.heldAtMost(0);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.reading.close();
    this.settling.close();
  }

  private async takeAll(): Promise<void> {
    while (!this.stopping) {
      try {
        // So that no more than concurrency + count are ever held.
        await this.pool.heldAtMost(this.context.concurrency);
        if (this.stopping) return;
        if (performance.now() >= this.nextSweepMs) await this.claim();
        else await this.read();
      } catch (error) {
        if (this.stopping) return;
        await this.recover(error);
      }
    }
  }

  private async recover(error: unknown): Promise<void> {
    this.context.onClientError(error);
    await sleep(ERROR_PAUSE_MS);
    if (!isGroupGone(error)) return;
    await createGroup(this.settling, this.keys.stream).catch((failure) => this.context.onClientError(failure));
  }

  private async read(): Promise<void> {
    const { noack, count, block } = this.context.options;
    const blockMs = Math.min(durationOf(block), this.nextSweepMs - performance.now());
    const reply = await this.reading.once((client) =>
      client.callBuffer(
        "XREADGROUP",
        ...["GROUP", GROUP, this.context.workerId, "COUNT", count],
        // BLOCK 0 would wait for ever.
        ...["BLOCK", Math.max(1, Math.ceil(blockMs))],
        ...(noack ? ["NOACK"] : []),
        ...["STREAMS", this.keys.stream, ">"],
      ),
    );
    if (reply === null) return;
    for (const stream of asArray(reply)) {
      for (const entry of readEntries(asArray(stream)[1])) this.take({ ...entry, redelivered: false });
    }
  }

  /** Takes over one page of what was idle too long; the sweep ends when the server says so. */
  private async claim(): Promise<void> {
    const { options, workerId } = this.context;
    const idleMs = Math.ceil(durationOf(options.claimIdle));
    const reply = await this.settling.once((client) =>
      client.callBuffer(
        "XAUTOCLAIM",
        ...[this.keys.stream, GROUP, workerId, idleMs, this.cursor, "COUNT", options.count],
      ),
    );
    const [cursor, entries] = asArray(reply);
    for (const entry of readEntries(entries)) if (!this.held.has(entry.id)) this.take({ ...entry, redelivered: true });
    this.cursor = asBuffer(cursor).toString();
    if (this.cursor === FIRST_ID) this.nextSweepMs = performance.now() + sweepInterval(options);
  }

  private take(taken: Taken): void {
    this.held.add(taken.id);
    this.pool.push(taken);
  }

  private delivery({ id, payload, redelivered }: Taken): Delivery {
    return { payload, redelivered, settle: (outcome) => this.settle(id, payload, outcome) };
  }

  private async settle(id: string, payload: Buffer, outcome: "completed" | "failed"): Promise<void> {
    const { onFail, noack } = this.context.options;
    const { stream, dead } = this.keys;
    if (outcome === "failed" && onFail === "deadLetter") {
      const values = [GROUP, id, FIELD, payload];
      await this.settling.untilAnswered((client) => client.eval(DEAD_LETTER_SCRIPT, 2, stream, dead, ...values));
      return;
    }
    if (outcome === "failed" && onFail === "leave" && !noack) return;
    // Deleted too, so that the length of the stream is the backlog.
    await this.settling.untilAnswered((client) =>
      Promise.all([noack ? 0 : client.xack(stream, GROUP, id), client.xdel(stream, id)]),
    );
  }
}
