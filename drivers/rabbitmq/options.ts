import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";

const MOST_HEARTBEAT_MS = 600_000;

/** What `target.options` may say for `rabbitmq`. */
export const rabbitOptions = z.strictObject({
  client: z.enum(["amqplib", "rabbitmq-client"]).default("amqplib").describe("the client library"),
  queue: z.enum(["classic", "quorum", "stream"]).default("classic").describe("type of the queue"),
  durable: z.boolean().default(true).describe("queue and exchange outlive a restart of the broker"),
  lazy: z.boolean().default(false).describe("a classic queue that keeps its messages on disk only"),
  persistent: z.boolean().default(true).describe("messages are written to disk (delivery mode 2)"),
  confirms: z
    .boolean()
    .default(true)
    .describe("wait for the broker's confirm; false: a publish is done when it is in the socket's buffer"),
  mandatory: z
    .boolean()
    .optional()
    .describe("messages that reach no queue are returned and count as rejected; default true with confirms"),
  unroutable: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "share of the messages with a routing key that reaches no queue, as a typo in one of many publishers has",
    ),
  exchange: z
    .enum(["default", "direct", "topic", "fanout", "headers"])
    .default("default")
    .describe("type of the exchange that is published to"),
  ack: z.enum(["manual", "auto"]).default("manual").describe("auto: a message is settled by its delivery"),
  prefetch: z.int().min(1).max(65_535).default(20).describe("unsettled deliveries per consumer (manual ack)"),
  singleActiveConsumer: z.boolean().default(false).describe("one consumer at a time, the others stand by"),
  onFail: z
    .enum(["requeue", "drop", "deadLetter"])
    .optional()
    .describe("what becomes of a message whose handler failed; default deadLetter with deadLetter, else requeue"),
  deadLetter: z.boolean().default(false).describe("a dead-letter exchange and a queue behind it"),
  deliveryLimit: z
    .int()
    .min(1)
    .optional()
    .describe("quorum: a message returned more often is dead-lettered or dropped"),
  maxLength: z.int().min(1).optional().describe("most messages that are ready in the queue"),
  overflow: z
    .enum(["drop-head", "reject-publish"])
    .optional()
    .describe("what a full queue does: drops its oldest message (default), or rejects the publish"),
  messageTtl: durationText({ step: 1 }).optional().describe("time after which a message that is ready is dropped"),
  maxPriority: z
    .int()
    .min(1)
    .max(255)
    .optional()
    .describe("priorities 0 to this, given to messages as load.priorities says, or else in turn"),
  heartbeat: durationText({ min: 1000, max: MOST_HEARTBEAT_MS, step: 1000 })
    .default("10s")
    .describe("two of them missed and the other side is taken for dead; whole seconds"),
});

/** Checked options of `rabbitmq`. */
export type RabbitOptions = z.infer<typeof rabbitOptions>;

/** What becomes of a message whose handler failed: an auto-acked one and a stream's can't be given back. */
export function onFailOf({ onFail, ack, queue, deadLetter }: RabbitOptions): "requeue" | "drop" | "deadLetter" {
  if (onFail !== undefined) return onFail;
  if (ack === "auto" || queue === "stream") return "drop";
  return deadLetter ? "deadLetter" : "requeue";
}

/** Whether an unroutable message is returned, and so counted as rejected. */
export const isMandatory = ({ mandatory, confirms }: RabbitOptions): boolean => mandatory ?? confirms;

/** The heartbeat in seconds, as AMQP has it. */
export const heartbeatSeconds = ({ heartbeat }: RabbitOptions): number => durationOf(heartbeat) / 1000;

/**
 * A closed connection gives its deliveries back at once; one that only went silent (a partition) when the broker, which
 * looks once a heartbeat, has found nothing twice in a row: two to three heartbeats after the last byte.
 */
export const rabbitHorizon = ({ heartbeat, ack }: RabbitOptions): Milliseconds =>
  ms(ack === "auto" ? 0 : 3 * durationOf(heartbeat) + 1000);
