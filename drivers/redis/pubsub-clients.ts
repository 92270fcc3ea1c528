import type { Admin, Clients, Consumer, ConsumerContext, Deliver, DriverContext } from "../../src/spi/driver.js";
import { HandlerPool } from "../shared/handler-pool.js";
import { connect, connectAdmin, redisProducer } from "./producer.js";
import type { PubsubOptions } from "./pubsub-options.js";
import { nodeInRole } from "./sentinel.js";

const channelOf = (runId: string) => `havoq:${runId}`;

/** Subscribes; what the client has received waits in this process for a free handler. */
async function subscribe(context: ConsumerContext<PubsubOptions>, deliver: Deliver): Promise<Consumer> {
  const connection = await connect(context);
  const handle = (payload: Buffer) => deliver({ payload, redelivered: false, settle: async () => {} });
  const pool = new HandlerPool(context.concurrency, handle, (error) => context.onClientError(error));
  const channel = channelOf(context.runId);
  connection.client.on("messageBuffer", (_channel: Buffer, payload: Buffer) => pool.push(payload));
  // After a lost connection ioredis subscribes again by itself.
  await connection.untilAnswered((client) => client.subscribe(channel));
  return {
    async stop() {
      if (connection.isReady) await connection.client.unsubscribe(channel).catch(context.onClientError);
      else connection.close();
      await pool.heldAtMost(0);
    },
    async close() {
      connection.close();
    },
  };
}

/** Nothing is ever kept, so nothing is ever left. */
async function admin(context: DriverContext<PubsubOptions>): Promise<Admin> {
  const connection = await connectAdmin(context);
  return {
    async setup() {
      // Nobody has subscribed yet.
      await connection.once((client) => client.publish(channelOf(context.runId), ""));
    },
    async teardown() {},
    async depth() {
      await connection.once((client) => client.ping());
      return { ready: 0, inFlight: 0, deadLettered: null };
    },
    abilities: { nodeInRole: (role) => nodeInRole(context.endpoint, role) },
    async *residue() {},
    async close() {
      connection.close();
    },
  };
}

/** PUBLISH and SUBSCRIBE, through ioredis. */
export const pubsubClients: Clients<PubsubOptions> = {
  admin,
  producer(context) {
    const channel = channelOf(context.runId);
    return redisProducer(context, {
      send: (client, payload) => client.publish(channel, payload),
      add: (pipeline, payload) => pipeline.publish(channel, payload),
    });
  },
  consumer: subscribe,
};
