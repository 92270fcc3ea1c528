import * as z from "zod";
import { durationText } from "../shared/duration.js";

/** The option `wait` of the drivers that write with one command. */
export const waitOption = z
  .union([
    z.literal("none"),
    z.strictObject({
      replicas: z.int().min(1).max(16).default(1),
      timeout: durationText({ min: 1, step: 1 }).default("100ms"),
    }),
  ])
  .default("none")
  .describe("{ replicas, timeout }: WAIT behind each write; confirmed only if so many replicas have it by then");

/** Checked value of `wait`. */
export type WaitOption = z.infer<typeof waitOption>;
