import { randomUUID } from "node:crypto";
import { JetStreamApiError, type JetStreamClient, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { type DriverContext, type Producer, RejectedError } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { Connection } from "./connection.js";
import type { NatsOptions } from "./options.js";
import { ensureStream, isUnheard, streamOf } from "./stream.js";

const CONNECT_DEADLINE_MS = 10_000;

/** Publishes each message with one request to the stream; one that is sent while the server is down waits for it. */
export async function natsProducer(context: DriverContext<NatsOptions>): Promise<Producer> {
  const { endpoint, runId, options, onClientError } = context;
  const connection = new Connection({ endpoint, onClientError: (error) => onClientError(error) });
  await connection.readyWithin(CONNECT_DEADLINE_MS);
  const subject = streamOf(runId);
  const timeout = durationOf(options.timeout);
  const own = randomUUID();
  let client: { readonly nats: NatsConnection; readonly stream: JetStreamClient } | null = null;
  let sequence = 0;

  async function send(payload: Buffer, msgID: string | null): Promise<void> {
    const nats = await connection.ready();
    if (client?.nats !== nats) client = { nats, stream: jetstream(nats) };
    // The client counts the first attempt too.
    const repeats = options.retries === 0 ? {} : { retries: options.retries + 1 };
    const answer = client.stream.publish(subject, payload, {
      timeout,
      ...repeats,
      ...(msgID === null ? {} : { msgID }),
    });
    // A client that repeats goes on over a lost connection; one that does not would only wait for the time to run out.
    await (options.retries === 0 ? connection.whileUp(answer) : answer);
  }

  return {
    async publish(payload) {
      sequence += 1;
      const msgID = options.messageId === "sequence" ? `${own}-${sequence}` : null;
      try {
        await send(payload, msgID).catch(async (error: unknown) => {
          // Nobody heard it, so that it is not stored: the stream went with the server's memory.
          if (!isUnheard(error)) throw error;
          await ensureStream(connection, runId, options);
          await send(payload, msgID);
        });
      } catch (error) {
        if (error instanceof JetStreamApiError || isUnheard(error)) throw rejected(error);
        throw error;
      }
      return "broker";
    },
    close: () => connection.close(),
  };
}

const rejected = (error: unknown) =>
  new RejectedError(error instanceof Error ? error.message : String(error), { cause: error });
