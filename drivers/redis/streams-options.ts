import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";
import { waitOption } from "./wait-option.js";

/** What `target.options` may say for `redis-streams`. */
export const streamsOptions = z
  .strictObject({
    claim: z
      .enum(["none", "xautoclaim"])
      .default("none")
      .describe("whether consumers take over what others left unsettled"),
    claimIdle: durationText({ min: 50 }).default("2s").describe("time without a sign of life before it is taken over"),
    noack: z.boolean().default(false).describe("XREADGROUP NOACK: a message is settled by being delivered"),
    count: z.int().min(1).max(10_000).default(64).describe("messages asked for at once, and so the prefetch"),
    block: durationText({ min: 10 }).default("1s").describe("how long one XREADGROUP waits for a message"),
    maxlen: z.int().min(1).optional().describe("XADD MAXLEN: the oldest messages go, delivered or not"),
    trim: z.enum(["approximate", "exact"]).default("approximate").describe("how closely maxlen is kept"),
    onFail: z
      .enum(["leave", "drop", "deadLetter"])
      .default("leave")
      .describe("what becomes of a message whose handler failed; leave: it stays unsettled (drop, with noack)"),
    wait: waitOption,
    autoPipelining: z.boolean().default(false).describe("send the publishes of one event-loop turn together"),
  })
  .superRefine(({ noack, claim }, context) => {
    if (!noack || claim === "none") return;
    const params = { hint: "write claim: none, or noack: false" };
    context.addIssue({ code: "custom", path: ["claim"], message: "noack leaves nothing to claim", params });
  });

/** Checked options of `redis-streams`. */
export type StreamsOptions = z.infer<typeof streamsOptions>;

/** Time between two looks for what others left. */
export const sweepInterval = ({ claimIdle }: StreamsOptions): Milliseconds => ms(durationOf(claimIdle) / 2);

/** A message is idle for this long, and is then found by the next sweep. */
export function streamsHorizon(options: StreamsOptions): Milliseconds {
  return options.claim === "none" ? ms(0) : ms(durationOf(options.claimIdle) + sweepInterval(options));
}
