import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Admin, Depth, DriverContext } from "../../src/spi/driver.js";
import { isQueueGone, sqsClient } from "./client.js";
import { inspectFauxqs } from "./fauxqs-inspect.js";
import { receiveEverything } from "./listing.js";
import type { SqsOptions } from "./options.js";
import { Queues, queueNames } from "./queues.js";
import { serverAt } from "./server-at.js";

const SOCKETS = 4;
const ATTEMPTS = 2;

interface Counts {
  readonly ready: number;
  readonly inFlight: number;
}

/** havoq's view of the queues of a run. */
export async function sqsAdmin(context: DriverContext<SqsOptions>): Promise<Admin> {
  const { endpoint, options, runId } = context;
  const { fifo } = options;
  const client = sqsClient({ endpoint, sockets: SOCKETS, attempts: ATTEMPTS });
  const queues = new Queues(client, runId, options);
  const names = queueNames(runId, options);
  return {
    async setup() {
      await queues.urls();
    },
    teardown: () => queues.remove(),
    async depth(): Promise<Depth> {
      const { main, dead } = await queues.urls();
      const [{ ready, inFlight }, deadLettered] = await Promise.all([
        counts(client, main),
        dead === null ? null : counts(client, dead).then((count) => count.ready + count.inFlight),
      ]);
      return { ready, inFlight, deadLettered };
    },
    async *residue() {
      if (endpoint.url === undefined && (await serverAt(endpoint)) === "fauxqs") {
        yield* inspectFauxqs(endpoint, names.main, null);
        if (options.deadLetter !== "none") yield* inspectFauxqs(endpoint, names.dead, "deadLettered");
        return;
      }
      const { main, dead } = await queues.urls();
      // Counted first: listing hides messages too.
      const { inFlight } = await counts(client, main);
      yield* receiveEverything(client, { url: main, place: "ready", fifo });
      if (inFlight > 0) yield { place: "inFlight", count: inFlight };
      if (dead !== null) yield* receiveEverything(client, { url: dead, place: "deadLettered", fifo });
    },
    async close() {
      client.destroy();
    },
  };
}

/** Lengths of a queue; a queue that is gone holds nothing. */
async function counts(client: SQSClient, url: string): Promise<Counts> {
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return {
      ready: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  } catch (error) {
    if (isQueueGone(error)) return { ready: 0, inFlight: 0 };
    throw error;
  }
}
