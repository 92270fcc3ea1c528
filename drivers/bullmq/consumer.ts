import { type Job, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { Consumer, ConsumerContext, Deliver } from "../../src/spi/driver.js";
import { redisOptions } from "../redis/connection.js";
import { ReadyGate } from "../redis/ready-gate.js";
import { durationOf } from "../shared/duration.js";
import { jobConsumer, RunningJobs } from "./job-consumer.js";
import { type JobData, KEY_PREFIX, payloadOf } from "./job-data.js";
import { type JobQueueOptions, limiterOf } from "./job-options.js";
import { loadProcessor } from "./processor.js";

/** Runs BullMQ's Worker: one connection of ours, and one that BullMQ blocks. */
export async function bullmqConsumer(context: ConsumerContext<JobQueueOptions>, deliver: Deliver): Promise<Consumer> {
  const { endpoint, options, runId, concurrency, workerId } = context;
  // As BullMQ demands of its workers: a command waits for the server, however long that takes, and is sent again.
  const client = new Redis({ ...redisOptions(endpoint), lazyConnect: false, maxRetriesPerRequest: null });
  const gate = new ReadyGate(client, (error) => context.onClientError(error));
  const jobs = new RunningJobs(deliver);
  const limiter = limiterOf(options);
  const processor = await loadProcessor<Job<JobData>>(options.processor);
  const own = (job: Job<JobData>) => (processor ? () => processor(job) : null);
  const worker = new Worker<JobData>(runId, (job) => jobs.process(deliveryOf(job), own(job)), {
    connection: client,
    prefix: KEY_PREFIX,
    name: workerId,
    concurrency,
    lockDuration: durationOf(options.lockDuration),
    stalledInterval: durationOf(options.stalledInterval),
    maxStalledCount: options.maxStalledCount,
    ...(limiter ? { limiter } : {}),
  });
  worker.on("error", (error) => gate.report(error));
  let stopping = false;
  return jobConsumer(jobs, {
    async stop() {
      stopping = true;
      await worker.close();
    },
    async drop() {
      gate.close();
      // A worker that was stopped has closed its own connection, or waits for one that is gone.
      if (!stopping) await worker.close(true);
      client.disconnect();
    },
  });
}

/** `ats` counts each time that a job became active, also when its worker died; `stc` each worker that it lost. */
const deliveryOf = ({ data, attemptsStarted, stalledCounter }: Job<JobData>) => ({
  payload: payloadOf(data),
  redelivered: attemptsStarted > 1 || stalledCounter > 0,
});
