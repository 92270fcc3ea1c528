import { setTimeout as sleep } from "node:timers/promises";
import type { AmqpChannel, AmqpClient, ChannelRequest } from "./client.js";

import { rabbitRefusal } from "./refusal.js";

/** What a session keeps up. */
export interface SessionRequest {
  readonly client: AmqpClient;
  readonly channel: ChannelRequest;
  /** Makes a new channel ready for use: declares, consumes. */
  prepare(channel: AmqpChannel): Promise<void>;
  onClientError(error: unknown): void;
}

const RECONNECT_STEP_MS = 50;
const LONGEST_RECONNECT_DELAY_MS = 500;
/** What a broker refused it will most likely refuse again. */
const REFUSED_DELAY_MS = 5000;
/** Those who wait for a channel are let go after so long, lest they pile up while a broker stays away. */
const LONGEST_WAIT_MS = 30_000;

/** A channel that comes back by itself, prepared. */
export class Session {
  /** The channel that can be used now. */
  channel: AmqpChannel | null = null;
  private waiting: Waiting | null = null;
  private ended = false;
  private reported = "";

  constructor(private readonly request: SessionRequest) {
    void this.run();
  }

  /** The channel as soon as there is one; rejects when the session ends first, the broker refuses it, or after a while. */
  async ready(deadlineMs = LONGEST_WAIT_MS): Promise<AmqpChannel> {
    if (this.channel) return this.channel;
    if (this.ended) throw endedError();
    this.waiting ??= new Waiting(
      deadlineMs,
      () => this.reported,
      () => {
        this.waiting = null;
      },
    );
    return this.waiting.promise;
  }

  /** Waits a while for a broker that is down just now; ends the session and rejects when the broker refuses it. */
  async begin(deadlineMs: number): Promise<void> {
    try {
      await this.ready(deadlineMs);
    } catch (error) {
      if (!rabbitRefusal(error)) return;
      this.destroy();
      throw error;
    }
  }

  /** Lets the channel live, but opens no other one. */
  retire(): void {
    this.ended = true;
    this.waiting?.reject(endedError());
  }

  /** Drops the connection as the end of the process would. */
  destroy(): void {
    this.retire();
    this.request.client.destroy();
  }

  private async run(): Promise<void> {
    for (let attempt = 1; !this.ended; attempt++) {
      let delayMs = Math.min(attempt * RECONNECT_STEP_MS, LONGEST_RECONNECT_DELAY_MS);
      try {
        const channel = await this.open();
        attempt = 0;
        delayMs = 0;
        this.reported = "";
        this.channel = channel;
        this.waiting?.resolve(channel);
        const reason = await channel.closed;
        this.channel = null;
        this.report(reason);
        // Such as a publish without the right to: each one would end its channel.
        if (rabbitRefusal(reason)) delayMs = LONGEST_RECONNECT_DELAY_MS;
      } catch (error) {
        this.report(error);
        if (rabbitRefusal(error)) {
          this.waiting?.reject(error);
          delayMs = REFUSED_DELAY_MS;
        }
      }
      // A session that ends meanwhile is not to keep its process; who waits for one has a timer of his own.
      await sleep(delayMs, undefined, { ref: false });
    }
  }

  private async open(): Promise<AmqpChannel> {
    const channel = await this.request.client.open(this.request.channel);
    try {
      await this.request.prepare(channel);
      return channel;
    } catch (error) {
      channel.destroy();
      throw error;
    }
  }

  /** A lost connection is tried again many times; one report of each reason is enough. */
  private report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (this.ended || text === this.reported) return;
    this.reported = text;
    this.request.onClientError(error);
  }
}

/** All who wait for the same channel. */
class Waiting {
  readonly promise: Promise<AmqpChannel>;
  private settle: { resolve: (channel: AmqpChannel) => void; reject: (error: unknown) => void } | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(
    deadlineMs: number,
    lastError: () => string,
    private readonly over: () => void,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.timer = setTimeout(() => {
      this.reject(new Error(`no connection to RabbitMQ within ${deadlineMs / 1000} s: ${lastError()}`));
    }, deadlineMs);
  }

  resolve(channel: AmqpChannel): void {
    this.end();
    this.settle?.resolve(channel);
  }

  reject(error: unknown): void {
    this.end();
    this.settle?.reject(error);
  }

  private end(): void {
    clearTimeout(this.timer);
    this.over();
  }
}

const endedError = () => new Error("the connection was closed");
