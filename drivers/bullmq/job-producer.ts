import { type DriverContext, type Producer, RejectedError } from "../../src/spi/driver.js";
import { publishError } from "../redis/connection.js";
import { dataOf, type JobData, jobSpecifics } from "./job-data.js";
import { commonJobOptions, type JobQueueOptions } from "./job-options.js";

/** What a job is added with. */
export type AddOptions = ReturnType<typeof commonJobOptions> & ReturnType<ReturnType<typeof jobSpecifics>>;

/** A library's queue, as far as a producer needs it. */
interface AddingQueue {
  readonly isReady: boolean;
  ready(): Promise<void>;
  /** Sends one command; rejects with what the client rejects it with. */
  add(data: JobData, options: AddOptions): Promise<unknown>;
  close(): Promise<void>;
}

/** Errors that Redis answers to the first write of a script, so that it has written nothing. */
const REFUSALS =
  /(^|-)(OOM|READONLY|LOADING|MISCONF|NOREPLICAS|NOAUTH|WRONGPASS|NOPERM|MASTERDOWN|CLUSTERDOWN|BUSY|DENIED)\b/;

/** A producer that adds a job for each message; an add while the server is down waits for it. */
export function jobProducer({ options }: DriverContext<JobQueueOptions>, queue: AddingQueue): Producer {
  const common = commonJobOptions(options);
  const specificsOf = jobSpecifics(options);
  return {
    async publish(payload, { priority } = {}) {
      try {
        if (!queue.isReady) await queue.ready();
        await queue.add(dataOf(payload, options.data), { ...common, ...specificsOf(payload, priority) });
      } catch (error) {
        throw addError(error);
      }
      return "broker";
    },
    close: () => queue.close(),
  };
}

/** An add is a script: an error in the midst of it does not tell what was written before. */
function addError(error: unknown): Error {
  const known = publishError(error);
  if (!(known instanceof RejectedError) || REFUSALS.test(known.message)) return known;
  return new Error(known.message, { cause: error });
}
