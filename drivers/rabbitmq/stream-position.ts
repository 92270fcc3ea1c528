import { setTimeout as sleep } from "node:timers/promises";
import type { AmqpChannel, Arguments, Incoming } from "./client.js";

const STORE_INTERVAL_MS = 100;
/** Somebody else may hold the stored offset for a moment, to read it. */
const READ_ATTEMPTS = 4;
const READ_PAUSE_MS = 30;
/** Reading of a stream's last chunk: messages sent ahead, and how long to wait for the first, for another, in all. */
const CREDIT = 1000;
const FIRST_WAIT_MS = 200;
const NEXT_WAIT_MS = 50;
const LONGEST_READ_MS = 500;
const LOOK_MS = 10;

/** The offset that a stream is to be handled from: 0 when none was stored. */
export async function storedOffset(channel: AmqpChannel, queue: string): Promise<number> {
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
    const stored = await channel.get(queue);
    if (stored) {
      stored.nack(true);
      return Number(stored.payload.toString());
    }
    await sleep(READ_PAUSE_MS);
  }
  return 0;
}

/** How many messages of a stream come after the stored offset; counted low while more of them arrive. */
export async function unhandled(channel: AmqpChannel, stream: string, offsets: string): Promise<number> {
  const from = await storedOffset(channel, offsets);
  return Math.max(0, (await endOf(channel, stream)) - from);
}

/** The offset behind a stream's last message. A stream tells its length some seconds late; its last chunk is up to date. */
async function endOf(channel: AmqpChannel, stream: string): Promise<number> {
  let end = 0;
  let waitUntil = performance.now() + FIRST_WAIT_MS;
  await channel.prefetch(CREDIT);
  const tag = await channel.consume(stream, false, { "x-stream-offset": "last" }, (message) => {
    end = offsetOf(message) + 1;
    waitUntil = performance.now() + NEXT_WAIT_MS;
    message.ack();
  });
  const longest = performance.now() + LONGEST_READ_MS;
  while (performance.now() < Math.min(waitUntil, longest)) await sleep(LOOK_MS);
  await channel.cancel(tag);
  return end;
}

/** The place of a message in its stream. */
const offsetOf = ({ headers }: Incoming): number => Number(headers["x-stream-offset"]);

/**
 * How far a consumer has handled its stream. AMQP 0-9-1 keeps no offsets for consumers: this one is kept in a queue of
 * length one beside the stream, a little late, so that what was handled last may come again after a crash.
 */
export class StreamPosition {
  /** Offsets that were taken and not settled, in their order. */
  private readonly unsettled = new Set<number>();
  /** Behind the last offset that was taken. */
  private end = 0;
  private timer: NodeJS.Timeout | undefined;
  /** The channel that the stream is read on. */
  private channel: AmqpChannel | null = null;

  constructor(private readonly queue: string) {}

  /** Answers with where to consume from, after a crash or on another channel; what was under way comes again. */
  async resume(channel: AmqpChannel): Promise<Arguments> {
    const from = Math.max(await storedOffset(channel, this.queue), this.next);
    this.unsettled.clear();
    this.end = from;
    this.channel = channel;
    return { "x-stream-offset": from };
  }

  /** What an older channel brings late comes again: noted now, it would pass for the first that is not settled. */
  taken(message: Incoming, channel: AmqpChannel): void {
    if (channel !== this.channel) return;
    const offset = offsetOf(message);
    this.unsettled.add(offset);
    this.end = offset + 1;
  }

  settled(message: Incoming, channel: AmqpChannel): void {
    this.unsettled.delete(offsetOf(message));
    this.timer ??= setTimeout(() => this.store(channel), STORE_INTERVAL_MS);
  }

  /** Stores the offset; when the channel is gone, the one before stays. */
  store(channel: AmqpChannel): void {
    this.close();
    const payload = Buffer.from(String(this.next));
    try {
      channel.publish({ exchange: "", routingKey: this.queue, payload, persistent: true }, () => {});
    } catch {
      // The next channel resumes where this one had been.
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The first offset that is not settled. */
  private get next(): number {
    const [first = this.end] = this.unsettled;
    return first;
  }
}
