import { GetQueueAttributesCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Admin, Depth, DriverContext, Residue, ResiduePlace } from "../../src/spi/driver.js";
import { isQueueGone, sqsClient } from "./client.js";
import { inspectFauxqs } from "./fauxqs-inspect.js";
import type { SqsOptions } from "./options.js";
import { Queues, queueNames } from "./queues.js";

const SOCKETS = 4;
const ATTEMPTS = 2;
/** Keeps what was listed out of the way of the listing. */
const LISTING_VISIBILITY_SECONDS = 300;
/** SQS asks only some of its servers at a time; this many empty answers in a row are taken for an empty queue. */
const EMPTY_ANSWERS = 3;

interface Counts {
  readonly ready: number;
  readonly inFlight: number;
}

/** havoq's view of the queues of a run. */
export async function sqsAdmin(context: DriverContext<SqsOptions>): Promise<Admin> {
  const { endpoint, options, runId } = context;
  const client = sqsClient({ endpoint, sockets: SOCKETS, attempts: ATTEMPTS });
  const queues = new Queues(client, runId, options);
  const names = queueNames(runId);
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
      if (endpoint.url === undefined) {
        yield* inspectFauxqs(endpoint, names.main, null);
        if (options.deadLetter !== "none") yield* inspectFauxqs(endpoint, names.dead, "deadLettered");
        return;
      }
      const { main, dead } = await queues.urls();
      // Counted first: listing hides messages too.
      const { inFlight } = await counts(client, main);
      yield* receiveEverything(client, main, "ready");
      if (inFlight > 0) yield { place: "inFlight", count: inFlight };
      if (dead !== null) yield* receiveEverything(client, dead, "deadLettered");
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

async function* receiveEverything(client: SQSClient, url: string, place: ResiduePlace): AsyncGenerator<Residue> {
  for (let empty = 0; empty < EMPTY_ANSWERS; ) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: LISTING_VISIBILITY_SECONDS,
        WaitTimeSeconds: 1,
      }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const { Body } of Messages) yield { place, payload: Buffer.from(Body ?? "", "base64") };
  }
}
