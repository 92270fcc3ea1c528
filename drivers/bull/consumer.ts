import type { Job } from "bull";
import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import { jobConsumer, RunningJobs } from "../bullmq/job-consumer.js";
import { type JobData, payloadOf } from "../bullmq/job-data.js";
import type { JobQueueOptions } from "../bullmq/job-options.js";
import { loadProcessor } from "../bullmq/processor.js";
import { ReadyGate } from "../redis/ready-gate.js";
import { openQueue } from "./queue.js";

/** Runs Bull's processing: one connection for commands, one that blocks, and one for its events. */
export async function bullConsumer(context: ConsumerContext<JobQueueOptions>, deliver: Deliver): Promise<Consumer> {
  const processor = await loadProcessor<Job<JobData>>(context.options.processor);
  const own = (job: Job<JobData>) => (processor ? () => processor(job) : null);
  const queue = openQueue(context, {});
  const gate = new ReadyGate(queue.client, (error) => context.onClientError(error));
  const jobs = new RunningJobs(deliver);
  queue.on("error", (error) => gate.report(error));
  // Bull waits for it nowhere, and closed meanwhile it would end the process as an unhandled rejection.
  const setWorkerName = queue.setWorkerName.bind(queue);
  queue.setWorkerName = () => setWorkerName().catch((error: unknown) => gate.report(error));
  // It resolves when the queue is closed; what ends it before is an error of the queue too.
  queue
    .process(context.concurrency, (job: Job<JobData>) => jobs.process(deliveryOf(job), own(job)))
    .catch((error) => gate.report(error));
  let stopping = false;
  return jobConsumer(jobs, {
    async stop() {
      stopping = true;
      await queue.close();
    },
    async drop() {
      gate.close();
      for (const client of queue.clients) client.disconnect();
      // Without waiting for jobs, so that its timers end.
      if (!stopping) await queue.close(true);
    },
  });
}

/** Bull counts the workers that a job lost (`stalledCounter`), but does not tell: only a retry is known. */
const deliveryOf = ({ data, attemptsMade }: Job<JobData>) => ({
  payload: payloadOf(data),
  redelivered: attemptsMade > 0 ? true : undefined,
});
