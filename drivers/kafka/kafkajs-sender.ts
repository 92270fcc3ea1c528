import { CompressionTypes, type Producer } from "kafkajs";
import type { DriverContext } from "../../src/spi/driver.js";
import { durationOf } from "../shared/duration.js";
import { KafkajsSession } from "./kafkajs-session.js";
import { type KafkaOptions, topicOf } from "./options.js";
import type { OutgoingRecord, Sender } from "./sender.js";

const ACKS = { 0: 0, 1: 1, all: -1 } as const;
const COMPRESSION = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP } as const;

/** Connects a producer of kafkajs. */
export async function openKafkajsSender(context: DriverContext<KafkaOptions>): Promise<Sender> {
  const { endpoint, options, onClientError } = context;
  const session = new KafkajsSession({
    endpoint,
    requestTimeoutMs: durationOf(options.requestTimeout),
    retry: { retries: options.retries },
    onClientError: (error) => onClientError(error),
  });
  const producer = session.kafka.producer({
    idempotent: options.idempotent,
    allowAutoTopicCreation: false,
    // The driver chooses the partition.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  try {
    await producer.connect();
  } catch (error) {
    session.drop();
    throw error;
  }
  return new KafkajsSender(session, producer, context);
}

class KafkajsSender implements Sender {
  private readonly topic: string;
  private readonly acks: number;
  private readonly timeout: number;
  private readonly compression: CompressionTypes;

  constructor(
    private readonly session: KafkajsSession,
    private readonly producer: Producer,
    { options, runId }: DriverContext<KafkaOptions>,
  ) {
    this.topic = topicOf(runId);
    this.acks = ACKS[options.acks];
    this.timeout = durationOf(options.requestTimeout);
    this.compression = options.compression === "gzip" ? COMPRESSION.gzip : COMPRESSION.none;
  }

  async send(partition: number, records: readonly OutgoingRecord[]): Promise<void> {
    const { topic, acks, timeout, compression } = this;
    const messages = records.map(({ key, value }) => ({ key, value, partition }));
    await this.producer.send({ topic, acks, timeout, compression, messages });
  }

  async close(): Promise<void> {
    this.session.drop();
    await this.producer.disconnect().catch(() => {});
  }
}
