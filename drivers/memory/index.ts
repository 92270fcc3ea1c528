import * as z from "zod";
import type { Clients, Consumer, ConsumerContext, Deliver, Driver, Producer } from "../../src/spi/driver.js";
import { ms } from "../../src/units.js";

const options = z.strictObject({}).describe("The in-process driver has no options.");
type Options = z.infer<typeof options>;

/** The queue of this process; it lives and dies with the agent that holds both halves. */
const queue: Buffer[] = [];
let wake: (() => void) | null = null;
let head = 0;

/** Takes the oldest message; `shift` would move a long queue for each. */
function take(): Buffer | undefined {
  const payload = queue[head];
  if (payload === undefined) return undefined;
  head += 1;
  if (head === TAKEN_BEFORE_SPLICE) {
    queue.splice(0, head);
    head = 0;
  }
  return payload;
}

const TAKEN_BEFORE_SPLICE = 1024;

const producer: Producer = {
  async publish(payload) {
    queue.push(payload);
    wake?.();
    return "local";
  },
  async close() {},
};

/** Takes messages while fewer than `concurrency` handlers run. */
function consume(context: ConsumerContext<Options>, deliver: Deliver): Consumer {
  let running = 0;
  let stopped = false;
  let idle: (() => void) | null = null;
  const next = () => {
    while (!stopped && running < context.concurrency) {
      const payload = take();
      if (!payload) return;
      running += 1;
      void deliver({ payload, redelivered: false, settle: async () => {} }).finally(() => {
        running -= 1;
        if (running === 0) idle?.();
        next();
      });
    }
  };
  wake = next;
  return {
    async stop() {
      stopped = true;
      if (running > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
    async close() {},
  };
}

const clients: Clients<Options> = {
  async admin() {
    return {
      async setup() {},
      async teardown() {},
      async depth() {
        return { ready: null, inFlight: null, deadLettered: null };
      },
      async *residue() {},
      async close() {},
    };
  },
  async producer() {
    return producer;
  },
  async consumer(context, deliver) {
    return consume(context, deliver);
  },
};

/** A queue that costs nothing: measures havoq itself (`havoq calibrate`), and makes instant tests. */
export const memoryDriver: Driver<Options> = {
  name: "memory",
  summary: "in-process no-op queue: measures havoq itself, no broker involved",
  options,
  broker: null,
  traits: () => ({
    can: { processes: false, network: false, retries: false, inspects: [] },
    redeliveryHorizon: ms(0),
  }),
  clients: async () => clients,
};
