import { type CompressionAlgorithmValue, ProduceAcks, Producer } from "@platformatic/kafka";
import type { DriverContext } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { baseOptions } from "./address.js";
import { type KafkaOptions, topicOf } from "./options.js";
import type { OutgoingRecord, Sender } from "./sender.js";

const ACKS = { 0: ProduceAcks.NO_RESPONSE, 1: ProduceAcks.LEADER, all: ProduceAcks.ALL } as const;
/** More than its partitions may have unanswered together: the limit is the driver's. */
const CONNECTION_IN_FLIGHT = 10_000;

/** Connects a producer of @platformatic/kafka. */
export async function openPlatformaticSender(context: DriverContext<KafkaOptions>): Promise<Sender> {
  const { endpoint, options, runId } = context;
  const topic = topicOf(runId);
  const requestTimeout = durationOf(options.requestTimeout);
  const compression: CompressionAlgorithmValue = options.compression;
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    ...baseOptions(endpoint, options.retries),
    requestTimeout,
    timeout: requestTimeout,
    maxInflights: CONNECTION_IN_FLIGHT,
    idempotent: options.idempotent,
    acks: ACKS[options.acks],
    compression,
    // One more silent attempt after NOT_LEADER_OR_FOLLOWER, which with acks: all does not mean that nothing was stored.
    repeatOnStaleMetadata: options.retries > 0,
  });
  try {
    await producer.metadata({ topics: [topic] });
    if (options.idempotent) await producer.initIdempotentProducer({});
  } catch (error) {
    await producer.close();
    throw error;
  }
  return new PlatformaticSender(producer, topic, ACKS[options.acks]);
}

class PlatformaticSender implements Sender {
  constructor(
    private readonly producer: Producer<Buffer, Buffer, Buffer, Buffer>,
    private readonly topic: string,
    private readonly acks: number,
  ) {}

  async send(partition: number, records: readonly OutgoingRecord[]): Promise<void> {
    const { topic, acks } = this;
    const messages = records.map(({ key, value }) =>
      key === null ? { topic, partition, value } : { topic, partition, key, value },
    );
    try {
      await this.producer.send({ messages, acks });
    } catch (error) {
      this.producer.clearMetadata();
      throw error;
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.producer.close(true, () => resolve()));
  }
}
