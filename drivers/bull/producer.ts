import type { DriverContext, Producer } from "../../src/spi/driver.js";
import type { JobQueueOptions } from "../bullmq/job-options.js";
import { jobProducer } from "../bullmq/job-producer.js";
import { ReadyGate } from "../redis/ready-gate.js";
import { openQueue } from "./queue.js";

const CONNECT_DEADLINE_MS = 10_000;

/** Adds jobs; unlike Bull's default, ioredis sends no add again whose answer was lost. */
export async function bullProducer(context: DriverContext<JobQueueOptions>): Promise<Producer> {
  const { autoPipelining, retries } = context.options;
  const queue = openQueue(context, {
    maxRetriesPerRequest: retries,
    enableReadyCheck: true,
    enableAutoPipelining: autoPipelining,
  });
  const gate = new ReadyGate(queue.client, (error) => context.onClientError(error));
  try {
    await gate.readyWithin(CONNECT_DEADLINE_MS);
  } catch (error) {
    queue.client.disconnect();
    throw error;
  }
  return jobProducer(context, {
    get isReady() {
      return gate.isReady;
    },
    ready: () => gate.ready(),
    add: (data, options) => queue.add(data, options),
    async close() {
      gate.close();
      queue.client.disconnect();
    },
  });
}
