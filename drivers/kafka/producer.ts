import { setTimeout as sleep } from "node:timers/promises";
import { murmur2 } from "@platformatic/kafka";
import type { AckLevel, Attributes, DriverContext, Producer } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { type Batch, Lane } from "./batches.js";
import { reachLeader } from "./cluster.js";
import { isUnreachable, publishError } from "./errors.js";
import { ackLevelOf, type KafkaOptions, topicOf } from "./options.js";
import { kafkaRefusal } from "./refusal.js";
import type { Sender } from "./sender.js";

const CONNECT_DEADLINE_MS = 10_000;
const RETRY_PAUSE_MS = 100;
const POSITIVE = 0x7fff_ffff;

/** Connects, waiting a while for a broker that is down just now; it is tried further in any case. */
export async function kafkaProducer(context: DriverContext<KafkaOptions>): Promise<Producer> {
  const producer = new KafkaProducer(context);
  await producer.connectedWithin(CONNECT_DEADLINE_MS);
  return producer;
}

/** Spreads messages over the partitions and sends them in batches; while a leader is away its partition waits. */
class KafkaProducer implements Producer {
  private readonly lanes: readonly Lane[];
  private readonly level: AckLevel;
  private readonly opened: Promise<Sender>;
  private readonly closing = new AbortController();
  private count = 0;

  constructor(private readonly context: DriverContext<KafkaOptions>) {
    const { options, endpoint } = context;
    this.level = ackLevelOf(options, endpoint);
    this.opened = this.open();
    this.opened.catch(() => {});
    this.lanes = Array.from(
      { length: options.partitions },
      (_, partition) =>
        new Lane({
          batchBytes: options.batchSize,
          lingerMs: durationOf(options.linger),
          inFlight: options.inFlight,
          send: (batch) => this.send(partition, batch),
          recover: (error) => this.recover(partition, error),
        }),
    );
  }

  async connectedWithin(deadlineMs: number): Promise<void> {
    await Promise.race([this.opened, sleep(deadlineMs, undefined, { signal: this.closing.signal, ref: false })]);
  }

  async publish(value: Buffer, attributes: Attributes = {}): Promise<AckLevel> {
    this.count += 1;
    const key = this.keyOf(attributes);
    const hash = key === null ? this.count : murmur2(key) & POSITIVE;
    await this.lanes[hash % this.lanes.length]?.add({ key, value });
    return this.level;
  }

  private keyOf({ key }: Attributes): Buffer | null {
    if (key !== undefined) return Buffer.from(`k${key}`);
    return this.context.options.key === "sequence" ? Buffer.from(String(this.count)) : null;
  }

  async close(): Promise<void> {
    this.closing.abort();
    for (const lane of this.lanes) lane.close(new Error("the producer was closed"));
    await this.opened.then(
      (sender) => sender.close(),
      () => {},
    );
  }

  private async open(): Promise<Sender> {
    const { options } = this.context;
    const open =
      options.client === "kafkajs"
        ? (await import("./kafkajs-sender.js")).openKafkajsSender
        : (await import("./platformatic-sender.js")).openPlatformaticSender;
    for (let reported = false; ; reported = true) {
      try {
        return await open(this.context);
      } catch (error) {
        if (kafkaRefusal(error)) throw error;
        if (!reported) this.context.onClientError(error);
        await sleep(RETRY_PAUSE_MS, undefined, { signal: this.closing.signal });
      }
    }
  }

  private async send(partition: number, batch: Batch): Promise<void> {
    const sender = await this.opened;
    try {
      await sender.send(partition, batch.records);
    } catch (error) {
      throw publishError(error, this.context.options);
    }
  }

  /** A publish while the leader is away waits for it, and is then sent: it would only fail, again and again. */
  private async recover(partition: number, error: Error): Promise<void> {
    if (!isUnreachable(error)) return;
    const { endpoint, runId } = this.context;
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        await reachLeader(endpoint, topicOf(runId), partition);
        return;
      } catch {
        await sleep(RETRY_PAUSE_MS, undefined, { signal });
      }
    }
  }
}
