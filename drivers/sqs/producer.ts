import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { type DriverContext, type Producer, RejectedError } from "../../src/spi/driver.js";
import { isRefusal, sqsClient } from "./client.js";
import type { SqsOptions } from "./options.js";
import { Queues } from "./queues.js";

const SOCKETS = 128;

/** Sends each message with one call; a repeated call is a second message, so the SDK repeats none unless told to. */
export async function sqsProducer({
  endpoint,
  options,
  runId,
  onClientError,
}: DriverContext<SqsOptions>): Promise<Producer> {
  const client = sqsClient({ endpoint, sockets: SOCKETS, attempts: 1 + options.retries });
  const queues = new Queues(client, runId, options);
  // Beforehand, so that the first message does not pay for it; a broker that is down now may be back for the first one.
  await queues.urls().catch(onClientError);
  return {
    async publish(payload) {
      const MessageBody = payload.toString("base64");
      try {
        await queues.with(({ main }) => client.send(new SendMessageCommand({ QueueUrl: main, MessageBody })));
      } catch (error) {
        if (isRefusal(error)) throw new RejectedError(`${error.name}: ${error.message}`, { cause: error });
        throw error;
      }
      return "broker";
    },
    async close() {
      client.destroy();
    },
  };
}
