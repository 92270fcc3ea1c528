import * as z from "zod";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";
import { waitOption } from "./wait-option.js";

/** What `target.options` may say for `redis-list`. */
export const listOptions = z
  .strictObject({
    consume: z
      .enum(["brpop", "blmove"])
      .default("blmove")
      .describe("brpop removes a message when it is taken; blmove moves it to the worker's processing list"),
    reaper: z
      .union([z.literal(false), durationText({ min: 100 })])
      .default(false)
      .describe('moves back what dead workers hold: time without a heartbeat such as "2s", or false'),
    onFail: z
      .enum(["requeue", "drop", "deadLetter"])
      .optional()
      .describe("what becomes of a message whose handler failed; default drop for brpop, deadLetter for blmove"),
    wait: waitOption,
    autoPipelining: z.boolean().default(false).describe("send the publishes of one event-loop turn together"),
  })
  .superRefine(({ consume, reaper }, context) => {
    if (consume === "blmove" || reaper === false) return;
    const params = { hint: "write consume: blmove, or leave the reaper out" };
    context.addIssue({ code: "custom", path: ["reaper"], message: "brpop leaves nothing to move back", params });
  });

/** Checked options of `redis-list`. */
export type ListOptions = z.infer<typeof listOptions>;

/** What becomes of a message whose handler failed. */
export const onFailOf = ({ onFail, consume }: ListOptions) => onFail ?? (consume === "brpop" ? "drop" : "deadLetter");

/** The times of the reaper; `null` without one. */
export interface ReaperTimes {
  /** Life of a heartbeat. */
  readonly ttl: Milliseconds;
  readonly renewal: Milliseconds;
  readonly sweep: Milliseconds;
}

/** When heartbeats end, are renewed and are looked at. */
export function reaperTimes({ reaper }: ListOptions): ReaperTimes | null {
  if (reaper === false) return null;
  const ttl = durationOf(reaper);
  return { ttl, renewal: ms(ttl / 4), sweep: ms(ttl / 2) };
}

/** The heartbeat runs out, and two sweeps in a row have to find it missing. */
export function listHorizon(options: ListOptions): Milliseconds {
  const times = reaperTimes(options);
  return times ? ms(times.ttl + 2 * times.sweep) : ms(0);
}
