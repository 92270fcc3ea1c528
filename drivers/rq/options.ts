import * as z from "zod";
import { durationText } from "../shared/duration.js";
import { filePath } from "../shared/file-path.js";
import type { PythonFramework } from "../shared/framework/python.js";
import { pythonOptions, taskArguments } from "../shared/framework/python-options.js";

/** What `havoq install rq` brings. */
export const RQ: PythonFramework = { name: "rq", what: "RQ with its client of Redis" };

/** What `target.options` may say for `rq`. */
export const rqOptions = z.strictObject({
  ...pythonOptions("rq"),
  path: filePath().describe("folder that your task is imported from, such as ."),
  task: z
    .string()
    .min(1)
    .optional()
    .describe("a function of yours, such as shop.tasks.charge; havoq's own when not given"),
  args: taskArguments(),
  jobTimeout: durationText({ min: 1000, step: 1000 })
    .default("180s")
    .describe("a job that runs longer gets an exception, and its horse is killed a minute later"),
  retries: z.int().min(0).max(1000).default(0).describe("times that a failed job is tried again"),
  retryInterval: durationText({ step: 1000 })
    .default("0s")
    .describe("time before a failed job is tried again; above 0 the worker's scheduler does it"),
});

/** Checked options of `rq`. */
export type RqOptions = z.infer<typeof rqOptions>;
