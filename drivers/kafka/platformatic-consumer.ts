import { setTimeout as sleep } from "node:timers/promises";
import {
  Consumer as Client,
  FetchIsolationLevels,
  type Message,
  type MessagesStream,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
} from "@platformatic/kafka";
import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import { within } from "../../src/time.js";
import { durationOf } from "../shared/duration.js";
import { baseOptions } from "./address.js";
import type { Offsets } from "./cluster.js";
import { isStaleMember, textOf } from "./errors.js";
import { type Fetched, Handling } from "./handling.js";
import { Lanes } from "./lanes.js";
import { groupOf, heartbeatInterval, instanceId, type KafkaOptions, topicOf } from "./options.js";
import { Positions } from "./positions.js";

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

const RETRIES = 3;
const PAUSE_MS = 200;
const CONNECT_DEADLINE_MS = 10_000;
const LEAVE_DEADLINE_MS = 3000;
/** Fetched messages that wait for a handler: above the first the stream pauses, below the second it goes on. */
const MOST_WAITING = 2048;
const FEW_WAITING = 512;

/** A member of the group through @platformatic/kafka, which fetches, and commits where it is to do that by itself. */
export class PlatformaticConsumer implements Consumer {
  private readonly client: Client<Buffer, Buffer, Buffer, Buffer>;
  private readonly handling: Handling;
  private readonly handlers: Lanes<Fetched>;
  private readonly topic: string;
  private stream: Stream | null = null;
  private readonly positions = new Positions();
  private member = "";
  private mustJoin = false;
  private stopping = false;
  private reported = "";

  private constructor(
    private readonly context: ConsumerContext<KafkaOptions>,
    deliver: Deliver,
  ) {
    const { options, runId, concurrency } = context;
    this.topic = topicOf(runId);
    this.client = new Client(clientOptions(context));
    const commit = (offsets: Offsets) => this.commit(offsets);
    this.handling = new Handling(context, deliver, { commit, isStale: isStaleMember });
    const laneOf = ({ partition, offset }: Fetched) =>
      options.consume === "eachMessage" ? partition : offset * options.partitions + partition;
    this.handlers = new Lanes<Fetched>(
      concurrency,
      laneOf,
      (fetched) => this.handle(fetched),
      (error) => this.broken(error),
    );
    this.client.on("consumer:heartbeat:end", () => this.handling.ownership.beat());
    this.client.on("consumer:group:join", ({ memberId, assignments }) => {
      const partitions = assignments?.find(({ topic }) => topic === this.topic)?.partitions ?? [];
      this.joined(memberId, partitions);
    });
    this.client.on("error", (error: unknown) => this.left(error));
    // Or the library, whose stream has ended, would join again for no topic at all, and end the process over that.
    this.client.topics.track(this.topic);
  }

  /** Joins the group, waiting a while for a broker that is down just now. */
  static async start(this: void, context: ConsumerContext<KafkaOptions>, deliver: Deliver): Promise<Consumer> {
    const consumer = new PlatformaticConsumer(context, deliver);
    const started = consumer.open().then(() => consumer.handling.known);
    await Promise.race([started, sleep(CONNECT_DEADLINE_MS, undefined, { ref: false })]);
    return consumer;
  }

  /** What was fetched and not begun is left to others; where the library commits what it fetches, it is handled. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { stream, handlers, handling } = this;
    silence(stream);
    if (this.isAuto) this.takeRest(stream);
    else handlers.drop(() => true);
    await handlers.idle();
    await handling.flush();
    await Promise.race([this.leave(), sleep(LEAVE_DEADLINE_MS, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.handling.close();
    this.stream?.destroy();
    // Without a connection it can't tell the group that it leaves.
    await within(LEAVE_DEADLINE_MS, this.client.connections.close());
    void this.leave();
  }

  /** Resolves when the library has closed everything, however that went. */
  private leave(): Promise<void> {
    return new Promise((resolve) => this.client.close(true, () => resolve()));
  }

  /** Opens a stream, again and again until it succeeds. */
  private async open(): Promise<void> {
    while (!this.stopping) {
      try {
        if (this.mustJoin) await this.client.joinGroup({});
        this.mustJoin = false;
        this.listen(await this.client.consume(streamOptions(this.context.options, this.topic)));
        return;
      } catch (error) {
        this.report(error);
        await sleep(PAUSE_MS);
      }
    }
  }

  /** The library commits what it fetches: nobody else will get it, and all of it is handled here. */
  private get isAuto(): boolean {
    return this.context.options.commit === "auto";
  }

  private listen(stream: Stream): void {
    if (this.stopping) return;
    this.stream = stream;
    stream.on("error", (error: Error) => this.report(error));
    stream.once("close", () => {
      if (this.stopping || this.stream !== stream) return;
      void sleep(PAUSE_MS).then(() => this.open());
    });
    stream.on("offsets", () => {
      if (this.stream === stream) this.begins(stream);
    });
    stream.on("data", (message) => {
      if (this.stream === stream) this.take(message);
    });
  }

  /** A stream has looked up where it begins, and has fetched nothing from there yet. */
  private begins({ offsetsToFetch }: Stream): void {
    for (const [name, offset] of offsetsToFetch) {
      const partition = Number(name.slice(name.lastIndexOf(":") + 1));
      if (!this.handling.ownership.owns(partition)) continue;
      this.positions.begin(partition, Number(offset));
      if (!this.context.options.fromBeginning) this.handling.beginAt(partition, Number(offset));
    }
  }

  /**
   * What waits for a handler and belongs to others now is theirs to handle. What a stream still brings may lie behind
   * what was dropped here: the library lets a fetch that was under way move its position on from the group's commit.
   */
  private joined(member: string, partitions: readonly number[]): void {
    this.positions.joined(partitions, member === this.member);
    this.member = member;
    this.handling.joined(member, partitions);
    if (this.isAuto) return;
    this.handlers.drop(({ partition }) => !this.positions.holds(partition));
    this.beginAnew();
  }

  /** Reads on from the group's commit, unless that is about to happen. */
  private beginAnew(): void {
    const { stream } = this;
    if (!stream || stream.destroyed) return;
    this.stream = null;
    stream.destroy();
    void this.open();
  }

  /** A new stream goes back to the last commit, and brings again what is still in hand here. */
  private take(message: Message<Buffer, Buffer, Buffer, Buffer>): void {
    this.reported = "";
    const { partition, value } = message;
    const offset = Number(message.offset);
    const arrival = this.isAuto ? "next" : this.positions.take(partition, offset);
    if (arrival === "gap") this.beginAnew();
    if (arrival !== "next") return;
    this.handlers.push({ partition, offset, value });
    if (this.handlers.held > MOST_WAITING) this.stream?.pause();
  }

  private takeRest(stream: Stream | null): void {
    for (let rest = stream?.read(); rest; rest = stream?.read()) this.take(rest);
  }

  /** A failed handler's message comes again after a pause; until then nothing after it is committed. */
  private async handle(fetched: Fetched): Promise<void> {
    let ended = await this.handling.handle(fetched);
    while (ended === "failed" && this.context.options.onFail === "retry") {
      await sleep(PAUSE_MS);
      if (this.stopping) return;
      ended = await this.handling.handleOnly(fetched);
    }
    if (!this.stopping && this.handlers.held < FEW_WAITING && this.stream?.isPaused()) this.stream.resume();
  }

  /** The library could not join again, and will not try any more. */
  private left(error: unknown): void {
    this.mustJoin = true;
    this.broken(error);
  }

  /** What could not be handled or kept up is fetched again, from the last commit on. */
  private broken(error: unknown): void {
    this.report(error);
    silence(this.stream);
    if (this.isAuto) this.takeRest(this.stream);
    else this.handlers.drop(() => true);
    this.positions.forget();
    this.stream?.destroy();
  }

  private async commit(offsets: Offsets): Promise<void> {
    const { topic } = this;
    const all = [...offsets].map(([partition, offset]) => ({
      topic,
      partition,
      offset: BigInt(offset),
      leaderEpoch: -1,
    }));
    await this.client.commit({ offsets: all });
  }

  private report(error: unknown): void {
    const text = textOf(error);
    if (this.stopping || text === this.reported) return;
    this.reported = text;
    this.context.onClientError(new Error(text, { cause: error }));
  }
}

/** What it holds is read from it now, or by nobody. */
function silence(stream: Stream | null): void {
  stream?.removeAllListeners("data");
  stream?.pause();
}

function clientOptions({ endpoint, runId, options, workerId }: ConsumerContext<KafkaOptions>) {
  return {
    ...baseOptions(endpoint, RETRIES),
    groupId: groupOf(runId),
    ...(options.staticMembership ? { groupInstanceId: instanceId(workerId) } : {}),
    sessionTimeout: durationOf(options.sessionTimeout),
    rebalanceTimeout: durationOf(options.rebalanceTimeout),
    heartbeatInterval: heartbeatInterval(options),
  };
}

function streamOptions(options: KafkaOptions, topic: string) {
  const { commit, commitInterval, fromBeginning, isolation } = options;
  return {
    topics: [topic],
    mode: MessagesStreamModes.COMMITTED,
    fallbackMode: fromBeginning ? MessagesStreamFallbackModes.EARLIEST : MessagesStreamFallbackModes.LATEST,
    autocommit: commit === "auto" ? (commitInterval === undefined ? true : durationOf(commitInterval)) : false,
    minBytes: options.minBytes,
    maxWaitTime: durationOf(options.maxWait),
    isolationLevel:
      isolation === "committed" ? FetchIsolationLevels.READ_COMMITTED : FetchIsolationLevels.READ_UNCOMMITTED,
  };
}
