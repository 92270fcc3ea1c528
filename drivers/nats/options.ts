import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";

/** What `target.options` may say for `nats-jetstream`. */
export const natsOptions = z
  .strictObject({
    storage: z.enum(["file", "memory"]).default("file").describe("where the stream is kept"),
    retention: z
      .enum(["workqueue", "limits"])
      .optional()
      .describe("workqueue removes what is acked, and wants ack: explicit (its default); limits keeps all"),
    ack: z
      .enum(["explicit", "none", "all"])
      .default("explicit")
      .describe("none: delivered is acked; all: an ack is one for all earlier messages too"),
    ackWait: durationText({ min: 100 })
      .default("30s")
      .describe("time after which an unacked message is delivered again"),
    maxDeliver: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("deliveries of a message at most; no limit when not given"),
    maxAckPending: z.int().min(1).max(1_000_000).default(1000).describe("unacked messages of all workers at most"),
    dedupWindow: durationText({ min: 100 }).default("2min").describe("how long the server remembers message ids"),
    messageId: z
      .enum(["none", "sequence"])
      .default("none")
      .describe("sequence: each message has a Nats-Msg-Id, so that the server drops a repeated publish"),
    batch: z
      .int()
      .min(1)
      .max(10_000)
      .default(32)
      .describe("messages of one pull at most, and never more than free handlers"),
    onFail: z
      .enum(["nak", "term", "wait"])
      .default("nak")
      .describe("a failed handler: nak: again at once; term: given up; wait: again after ackWait"),
    maxMessages: z.int().min(1).optional().describe("length of the stream at most; no limit when not given"),
    discard: z.enum(["old", "new"]).default("old").describe("at that length, old messages go, or new ones are refused"),
    retries: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe("publishes that the client repeats when no answer comes in time"),
    timeout: durationText({ min: 10 }).default("5s").describe("time that one attempt to publish waits for its answer"),
  })
  .superRefine(({ retention, ack }, context) => {
    if (retention !== "workqueue" || ack === "explicit") return;
    const params = { hint: "write ack: explicit, or retention: limits" };
    context.addIssue({ code: "custom", path: ["ack"], message: "a work queue wants explicit acks", params });
  });

/** Checked options of `nats-jetstream`. */
export type NatsOptions = z.infer<typeof natsOptions>;

/** What is removed from the stream, and when. */
export const retentionOf = ({ retention, ack }: NatsOptions) =>
  retention ?? (ack === "explicit" ? "workqueue" : "limits");

/** The server delivers again what was not acked in time; without acks it never does. */
export const natsHorizon = ({ ack, ackWait }: NatsOptions): Milliseconds =>
  ack === "none" ? ms(0) : durationOf(ackWait);
