import { setTimeout as sleep } from "node:timers/promises";
import type { EachBatchPayload, EachMessagePayload, Consumer as KafkajsClient } from "kafkajs";
import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { Slots } from "../shared/slots.js";
import type { Offsets } from "./cluster.js";
import { isStaleMember } from "./errors.js";
import { type Ended, type Fetched, Handling } from "./handling.js";
import { KafkajsSession } from "./kafkajs-session.js";
import { groupOf, heartbeatInterval, instanceId, type KafkaOptions, topicOf } from "./options.js";
import { kafkaRefusal } from "./refusal.js";

const REQUEST_TIMEOUT_MS = 30_000;
/** A broker that is away is tried again for ever, at most this far apart. */
const RETRY = { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 1000 };
/** Until a consumer that kafkajs has given up is started again. */
const REVIVAL_PAUSE_MS = 1000;
const CONNECT_DEADLINE_MS = 10_000;
const STOP_GRACE_MS = 3000;

/** A member of the group through kafkajs, which does all fetching, committing of its own and retrying. */
export class KafkajsConsumer implements Consumer {
  private readonly session: KafkajsSession;
  private readonly client: KafkajsClient;
  private readonly handling: Handling;
  private readonly slots: Slots;
  private readonly topic: string;
  private running = 0;
  private waiters: (() => void)[] = [];
  private stopping = false;

  private constructor(
    private readonly context: ConsumerContext<KafkaOptions>,
    deliver: Deliver,
  ) {
    const { options, runId, endpoint, workerId, concurrency } = context;
    this.topic = topicOf(runId);
    this.slots = new Slots(concurrency);
    const onClientError = (error: unknown) => context.onClientError(error);
    this.session = new KafkajsSession({ endpoint, requestTimeoutMs: REQUEST_TIMEOUT_MS, retry: RETRY, onClientError });
    this.client = this.session.kafka.consumer({
      groupId: groupOf(runId),
      ...(options.staticMembership ? { groupInstanceId: instanceId(workerId) } : {}),
      sessionTimeout: durationOf(options.sessionTimeout),
      rebalanceTimeout: durationOf(options.rebalanceTimeout),
      heartbeatInterval: heartbeatInterval(options),
      minBytes: options.minBytes,
      maxWaitTimeInMs: durationOf(options.maxWait),
      readUncommitted: options.isolation === "uncommitted",
      allowAutoTopicCreation: false,
      retry: { ...RETRY, restartOnFailure: async () => !this.stopping && !this.session.isDropped },
    });
    const commit = (offsets: Offsets) => this.commit(offsets);
    this.handling = new Handling(context, deliver, { commit, isStale: isStaleMember });
    this.client.on("consumer.heartbeat", () => this.handling.ownership.beat());
    this.client.on("consumer.group_join", ({ payload: { memberId, memberAssignment } }) => {
      this.handling.joined(memberId, memberAssignment[this.topic] ?? []);
    });
    this.client.on("consumer.crash", ({ payload: { restart, error } }) => {
      // What the broker refuses it will refuse again.
      if (!restart && !kafkaRefusal(error)) void this.revive();
    });
  }

  /** Joins the group, waiting a while for a broker that is down just now. */
  static async start(this: void, context: ConsumerContext<KafkaOptions>, deliver: Deliver): Promise<Consumer> {
    const consumer = new KafkajsConsumer(context, deliver);
    const started = consumer
      .run()
      .then(() => consumer.handling.known)
      .catch((error: unknown) => {
        if (kafkaRefusal(error)) throw error;
        context.onClientError(error);
      });
    await Promise.race([started, sleep(CONNECT_DEADLINE_MS, undefined, { ref: false })]);
    return consumer;
  }

  /** A broker that is away must not hold the stop up for ever; handlers that run may. */
  async stop(): Promise<void> {
    this.stopping = true;
    const late = async () => {
      await this.idle();
      await sleep(STOP_GRACE_MS, undefined, { ref: false });
    };
    await Promise.race([this.finish(), late()]);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.handling.close();
    this.session.drop();
    // Ends what the library still has going; it may wait for handlers that never end.
    void this.client.disconnect().catch(() => {});
  }

  /** kafkajs silently commits nothing from its stop on, except what it commits by itself. */
  private async finish(): Promise<void> {
    if (this.context.options.commit !== "auto") {
      await this.idle();
      await this.handling.flush();
    }
    await this.client.stop();
  }

  private async idle(): Promise<void> {
    while (this.running > 0) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  private async run(): Promise<void> {
    await this.client.connect();
    await this.client.subscribe({ topics: [this.topic], fromBeginning: this.context.options.fromBeginning });
    await this.consume();
  }

  /** Begins again after an error that kafkajs does not try again on, as its users have to: by itself it stays away for good. */
  private async revive(): Promise<void> {
    while (!this.stopping && !this.session.isDropped) {
      await sleep(REVIVAL_PAUSE_MS);
      if (this.stopping || this.session.isDropped) return;
      try {
        await this.client.connect();
        await this.consume();
        return;
      } catch (error) {
        this.context.onClientError(error);
        if (kafkaRefusal(error)) return;
      }
    }
  }

  private async consume(): Promise<void> {
    const { options, concurrency } = this.context;
    await this.client.run({
      autoCommit: options.commit === "auto",
      ...(options.commitInterval === undefined ? {} : { autoCommitInterval: durationOf(options.commitInterval) }),
      partitionsConsumedConcurrently: concurrency,
      ...(options.consume === "eachMessage"
        ? { eachMessage: (payload) => this.eachMessage(payload) }
        : { eachBatchAutoResolve: false, eachBatch: (payload) => this.eachBatch(payload) }),
    });
  }

  /** A failed handler throws, as kafkajs wants it: it fetches from that message on again. */
  private async eachMessage({ partition, message }: EachMessagePayload): Promise<void> {
    // Not committed, as it was not handled. Where kafkajs commits by itself, it would be; but there it brings nothing
    // more once it is stopped.
    if (this.stopping && this.context.options.commit !== "auto") return;
    const fetched = { partition, offset: Number(message.offset), value: message.value ?? Buffer.alloc(0) };
    const ended = await this.counted(() => this.handling.handle(fetched));
    if (this.again(ended)) throw new Error("the handler failed");
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, isRunning, isStale } = payload;
    const { partition } = batch;
    if (this.context.options.commit === "before") {
      await this.handling.commitNow(new Map([[partition, Number(batch.lastOffset()) + 1]]));
    }
    const handlers: Promise<void>[] = [];
    try {
      for (const { offset, value } of batch.messages) {
        await this.slots.take(1);
        if (this.stopping || !isRunning() || isStale()) {
          this.slots.give(1);
          break;
        }
        const fetched = { partition, offset: Number(offset), value: value ?? Buffer.alloc(0) };
        handlers.push(this.ofBatch(fetched, payload));
        await heartbeat();
      }
    } finally {
      // Whatever became of the batch, its handlers come to their end before the library goes on.
      await Promise.allSettled(handlers);
    }
    await Promise.all(handlers);
  }

  /** In a batch a failed handler's message comes again at once, while the others go on. */
  private async ofBatch(fetched: Fetched, payload: EachBatchPayload): Promise<void> {
    const { resolveOffset, commitOffsetsIfNecessary } = payload;
    try {
      while (this.again(await this.counted(() => this.handling.handleOnly(fetched)))) {
        await sleep(RETRY.initialRetryTime);
        if (this.stopping || !payload.isRunning()) return;
      }
    } finally {
      this.slots.give(1);
    }
    const passed = this.handling.passed(fetched.partition);
    if (passed === null) return;
    resolveOffset(String(passed - 1));
    if (this.context.options.commit === "auto") await commitOffsetsIfNecessary();
  }

  private again(ended: Ended): boolean {
    return ended === "failed" && this.context.options.onFail === "retry";
  }

  private async counted(handle: () => Promise<Ended>): Promise<Ended> {
    this.running += 1;
    try {
      return await handle();
    } finally {
      this.running -= 1;
      if (this.running === 0) for (const resolve of this.waiters.splice(0)) resolve();
    }
  }

  private async commit(offsets: Offsets): Promise<void> {
    const { topic } = this;
    await this.client.commitOffsets(
      [...offsets].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
    );
  }
}
