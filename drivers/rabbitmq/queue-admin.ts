import type { Admin, Depth, DriverContext, Residue, ResiduePlace } from "../../src/spi/driver.js";
import { CHANNEL, openAdminSession } from "./admin-session.js";
import type { AmqpChannel, Arguments, Incoming, QueueState } from "./client.js";
import { emptied, MOST_PREFETCH } from "./emptying.js";

/** One of the queues that a framework makes for itself. */
export interface OwnQueue {
  readonly name: string;
  readonly place: ResiduePlace;
  readonly args: Arguments;
  /** The exchange of the same name that the framework binds it to; none when not given. */
  readonly exchange?: "direct";
}

/** The queues of a framework, and what its messages are. */
export interface OwnQueues {
  /** Durable, in the order in which their residue is read. */
  readonly queues: readonly OwnQueue[];
  /** How long the broker may take to notice that a worker is gone. */
  readonly horizonMs: number;
  readonly heartbeatSeconds: number;
  /** `null` where it can't be told. */
  payloadOf(message: Incoming): Buffer | null;
}

/** havoq's view of the queues that a framework keeps in RabbitMQ. */
export async function queueAdmin(context: DriverContext<unknown>, own: OwnQueues): Promise<Admin> {
  const { queues } = own;
  const { connect, ask, close } = await openAdminSession(context, own.heartbeatSeconds);
  return {
    setup: () => ask(async (channel) => void (await Promise.all(queues.map((queue) => declare(channel, queue))))),
    teardown: () => ask((channel) => remove(channel, queues)),
    depth: () => ask((channel) => depth(channel, queues)),
    async *residue() {
      const client = connect();
      try {
        const channel = await ask(() => client.open(CHANNEL));
        yield* left(channel, own);
        await channel.finish();
      } finally {
        client.destroy();
      }
    },
    close,
  };
}

async function declare(channel: AmqpChannel, { name, args, exchange }: OwnQueue): Promise<QueueState> {
  const state = await channel.declareQueue(name, true, args);
  if (exchange === undefined) return state;
  await channel.declareExchange(name, exchange, true);
  await channel.bindQueue(name, name, name, {});
  return state;
}

async function remove(channel: AmqpChannel, queues: readonly OwnQueue[]): Promise<void> {
  for (const { name, exchange } of queues) {
    await channel.deleteQueue(name);
    if (exchange !== undefined) await channel.deleteExchange(name);
  }
}

/** Of what workers hold unacked only the broker knows, and it does not tell over AMQP. */
async function depth(channel: AmqpChannel, queues: readonly OwnQueue[]): Promise<Depth> {
  const counts = { ready: 0, inFlight: 0, deadLettered: 0 };
  for (const queue of queues) counts[queue.place] += (await declare(channel, queue)).ready;
  const { ready, deadLettered } = counts;
  const keepsDead = queues.some(({ place }) => place === "deadLettered");
  return { ready, inFlight: null, deadLettered: keepsDead ? deadLettered : null };
}

async function* left(channel: AmqpChannel, { queues, horizonMs, payloadOf }: OwnQueues): AsyncGenerator<Residue> {
  await channel.prefetch(MOST_PREFETCH);
  for (const queue of queues) {
    const { name, place } = queue;
    const look = () => declare(channel, queue);
    for await (const message of emptied({ channel, queue: name, horizonMs, look })) {
      const payload = payloadOf(message);
      yield payload === null ? { place, count: 1 } : { place, payload };
    }
  }
}
