import { Queue } from "bullmq";
import type { DriverContext, Producer } from "../../src/spi/driver.js";
import { connect } from "../redis/producer.js";
import { type JobData, KEY_PREFIX } from "./job-data.js";
import type { JobQueueOptions } from "./job-options.js";
import { jobProducer } from "./job-producer.js";

const JOB_NAME = "message";

/** Adds jobs through a connection of our own: BullMQ's would send an add again whose answer was lost. */
export async function bullmqProducer(context: DriverContext<JobQueueOptions>): Promise<Producer> {
  const { autoPipelining, retries } = context.options;
  const connection = await connect(context, { autoPipelining, retries });
  // The check is a command of its own, and its failure (the server is down just now) would spoil the queue for good.
  const queue = new Queue<JobData>(context.runId, {
    connection: connection.client,
    prefix: KEY_PREFIX,
    skipVersionCheck: true,
  });
  // The connection reports its own errors.
  queue.on("error", () => {});
  return jobProducer(context, {
    get isReady() {
      return connection.isReady;
    },
    ready: () => connection.ready(),
    add: (data, options) => queue.add(JOB_NAME, data, options),
    async close() {
      connection.close();
    },
  });
}
