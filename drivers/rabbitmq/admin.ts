import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, Depth, DriverContext, Residue } from "../../src/spi/driver.js";
import { CHANNEL, openAdminSession } from "./admin-session.js";
import type { AmqpChannel, Incoming } from "./client.js";
import { emptied, MOST_PREFETCH } from "./emptying.js";
import { heartbeatSeconds, type RabbitOptions, rabbitHorizon } from "./options.js";
import { storedOffset, unhandled } from "./stream-position.js";
import { type Declared, declare, remove, type Topology, topologyOf } from "./topology.js";

const LOOK_MS = 20;
const TRIAL_MS = 2000;
const QUORUM_ATTEMPTS = 10;
/** A stream that sends nothing for so long has nothing more; it does not tell its length in time. */
const STREAM_IDLE_MS = 3000;
const STREAM_CREDIT = 500;

/** havoq's view of the queues of a run, over AMQP alone: what is in flight is known to nobody but the broker. */
export async function rabbitAdmin(context: DriverContext<RabbitOptions>): Promise<Admin> {
  const { options, runId } = context;
  const topology = topologyOf(runId, options);
  const { connect, ask, close } = await openAdminSession(context, heartbeatSeconds(options));
  return {
    async setup() {
      await ask((channel) => declare(channel, topology, options));
      // On a connection of its own: a broker with an alarm answers nothing more on one that has published.
      const client = connect();
      try {
        const channel = await ask(() => client.open(CHANNEL));
        await Promise.race([rehearse(channel, topology, options), sleep(TRIAL_MS, undefined, { ref: false })]);
      } finally {
        client.destroy();
      }
    },
    teardown: () => ask((channel) => remove(channel, topology)),
    depth: () =>
      ask(async (channel): Promise<Depth> => {
        const { main, dead } = await declareTwice(channel, topology, options);
        const ready =
          topology.offsets === null ? main.ready : await unhandled(channel, topology.queue, topology.offsets);
        return { ready, inFlight: null, deadLettered: dead?.ready ?? null };
      }),
    async *residue() {
      const { queue, offsets } = topology;
      // A stream comes up some time after its broker; what is read below is read once.
      if (offsets !== null) await ask((channel) => unhandled(channel, queue, offsets));
      const client = connect();
      try {
        const channel = await ask(() => client.open(CHANNEL));
        yield* offsets === null ? queued(channel, topology, options) : streamed(channel, queue, offsets);
        // In good order, so that all of it is back in its queue.
        await channel.finish();
      } finally {
        client.destroy();
      }
    },
    close,
  };
}

/** Writes and reads nothing, so that rights that producers and workers will miss are known before the load. */
async function rehearse(channel: AmqpChannel, topology: Topology, options: RabbitOptions): Promise<void> {
  const { queue, exchange } = topology;
  // No queue is bound with this key; a fanout exchange asks for none.
  const nowhere = { exchange, routingKey: `${queue}-nowhere`, payload: Buffer.alloc(0), persistent: false };
  if (options.exchange !== "fanout") channel.publish(nowhere, () => {});
  if (options.queue !== "stream") await channel.get(queue);
  // Its answer comes after what the broker has to say of the publish.
  await declare(channel, topology, options);
}

/** A quorum queue that is too busy to answer in 250 ms is said to be empty and without consumers: it is asked again. */
async function declareTwice(channel: AmqpChannel, topology: Topology, options: RabbitOptions): Promise<Declared> {
  for (let attempt = 1; ; attempt++) {
    const declared = await declare(channel, topology, options);
    const { ready, consumers } = declared.main;
    if (options.queue !== "quorum" || ready > 0 || consumers > 0 || attempt === QUORUM_ATTEMPTS) return declared;
    await sleep(LOOK_MS);
  }
}

/** Everything in the queues, held unsettled until the channel ends. Dead letters first: giving back may make some. */
async function* queued(channel: AmqpChannel, topology: Topology, options: RabbitOptions): AsyncGenerator<Residue> {
  const { queue, dead } = topology;
  const look = () => declare(channel, topology, options);
  const horizonMs = rabbitHorizon(options);
  await channel.prefetch(MOST_PREFETCH);
  // Makes queues that are gone: they are empty.
  await look();
  if (dead !== null) {
    const letters = emptied({ channel, queue: dead, horizonMs, look: async () => (await look()).dead });
    for await (const { payload } of letters) yield { place: "deadLettered", payload };
  }
  const messages = emptied({ channel, queue, horizonMs, look: async () => (await look()).main });
  for await (const { payload } of messages) yield { place: "ready", payload };
}

/** What comes in a stream after the last offset that was handled, until no more comes. */
async function* streamed(channel: AmqpChannel, queue: string, offsets: string): AsyncGenerator<Residue> {
  const from = await storedOffset(channel, offsets);
  let arrived: Incoming[] = [];
  await channel.prefetch(STREAM_CREDIT);
  const tag = await channel.consume(queue, false, { "x-stream-offset": from }, (message) => {
    arrived.push(message);
    message.ack();
  });
  for (let quietUntil = performance.now() + STREAM_IDLE_MS; performance.now() < quietUntil; await sleep(LOOK_MS)) {
    const page = arrived;
    arrived = [];
    for (const { payload } of page) yield { place: "ready", payload };
    if (page.length > 0) quietUntil = performance.now() + STREAM_IDLE_MS;
  }
  await channel.cancel(tag);
}
