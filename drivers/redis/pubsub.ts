import { z } from "zod";
import type { Admin, Consumer, ConsumerContext, Delivery, Driver, DriverContext } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";
import { HandlerPool } from "../shared/handler-pool.js";
import { connect, connectAdmin, redisProducer } from "./producer.js";
import { nodeInRole, SERVER_ROLES } from "./sentinel.js";
import { redisRecipe } from "./server.js";

const options = z.strictObject({
  autoPipelining: z.boolean().default(false).describe("send the publishes of one event-loop turn together"),
});
type Options = z.infer<typeof options>;

const channelOf = (runId: string) => `havoq:${runId}`;

/** Subscribes; what the client has received waits in this process for a free handler. */
async function subscribe(
  context: ConsumerContext<Options>,
  deliver: (delivery: Delivery) => Promise<void>,
): Promise<Consumer> {
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
async function admin(context: DriverContext<Options>): Promise<Admin> {
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
    nodeInRole: (role) => nodeInRole(context.endpoint, role),
    async *residue() {},
    async close() {
      connection.close();
    },
  };
}

/** Redis pub/sub: every subscriber that is connected gets every message, the others never do. */
export const redisPubsubDriver: Driver<Options> = {
  name: "redis-pubsub",
  summary: "Redis pub/sub: PUBLISH and SUBSCRIBE; each worker process gets every message, and none is kept",
  options,
  capabilities: {
    processes: true,
    network: true,
    retries: false,
    deadLetters: false,
    inspects: ["ready", "inFlight"],
    nodeRoles: SERVER_ROLES,
  },
  broker: redisRecipe,
  durability: () => ({ confirmedIn: "memory", words: "kept nowhere: whoever is not connected never gets it" }),
  redeliveryHorizon: () => ms(0),
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
