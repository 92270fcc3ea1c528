import * as z from "zod";
import { durationText } from "../shared/duration.js";
import type { PythonFramework } from "../shared/framework/python.js";
import { pythonOptions } from "../shared/framework/python-options.js";

/** What `havoq install arq` brings. */
export const ARQ: PythonFramework = { name: "arq", what: "ARQ with its client of Redis" };

/** What `target.options` may say for `arq`. */
export const arqOptions = z.strictObject({
  ...pythonOptions("arq"),
  jobTimeout: durationText({ min: 1000, step: 1000 })
    .default("5min")
    .describe("a job that runs longer is cancelled; what a dead worker had is free 10 s after it"),
  maxTries: z.int().min(1).max(1000).default(5).describe("times that a job is begun before it is given up"),
  retryDefer: durationText({ step: 1 })
    .optional()
    .describe("a job that fails raises Retry with this time; without it, a job that fails is dropped"),
  pollDelay: durationText({ min: 1, step: 1 }).default("500ms").describe("time between two looks for jobs"),
  jobCompletionWait: durationText({ step: 1000 })
    .default("0s")
    .describe("how long a worker that is asked to end lets its jobs run before it cancels them"),
});

/** Checked options of `arq`. */
export type ArqOptions = z.infer<typeof arqOptions>;
