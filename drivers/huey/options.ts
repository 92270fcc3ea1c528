import * as z from "zod";
import { durationText } from "../shared/duration.js";
import type { PythonFramework } from "../shared/framework/python.js";
import { pythonOptions } from "../shared/framework/python-options.js";

/** What `havoq install huey` brings. */
export const HUEY: PythonFramework = { name: "huey", what: "Huey with its client of Redis" };

/** What `target.options` may say for `huey`. */
export const hueyOptions = z.strictObject({
  ...pythonOptions("huey"),
  worker: z.enum(["thread", "process"]).default("thread").describe("what tasks run in"),
  retries: z.int().min(0).max(1000).default(0).describe("times that a failed task is tried again"),
  retryDelay: durationText({ step: 1 }).default("0s").describe("time before a failed task is tried again"),
});

/** Checked options of `huey`. */
export type HueyOptions = z.infer<typeof hueyOptions>;
