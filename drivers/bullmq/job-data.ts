import { createHash } from "node:crypto";
import { filled } from "../shared/template.js";
import type { JobQueueOptions } from "./job-options.js";

/** Prefix of the keys of a run. */
export const KEY_PREFIX = "havoq";

/** Data of a job: the libraries write it as JSON, which holds no bytes. What else is in it is for the user's processor. */
export interface JobData {
  readonly havoq: string;
  readonly [name: string]: unknown;
}

/** The payload as data of a job, beside what the scenario has for a user's own processor. */
export const dataOf = (payload: Buffer, data: Readonly<Record<string, unknown>>): JobData => ({
  ...(filled(data, payload) as Record<string, unknown>),
  havoq: payload.toString("base64"),
});

/** The payload in the data of a job; empty when there is none. */
export function payloadOf(data: unknown): Buffer {
  const isData = typeof data === "object" && data !== null && "havoq" in data && typeof data.havoq === "string";
  return Buffer.from(isData ? String(data.havoq) : "", "base64");
}

/** havoq's highest priority; the libraries' highest is 1. */
export const HIGHEST_PRIORITY = 255;

/** What differs from job to job: its priority (the one given, or in turn), and an id of its own. */
export function jobSpecifics({ priorities, jobId }: JobQueueOptions): (
  payload: Buffer,
  given?: number,
) => {
  readonly priority?: number;
  readonly jobId?: string;
} {
  let count = 0;
  const priorityOf = (given: number | undefined) => {
    if (given !== undefined) return { priority: 1 + HIGHEST_PRIORITY - given };
    return priorities === 0 ? {} : { priority: 1 + (count++ % priorities) };
  };
  return (payload, given) => ({
    ...priorityOf(given),
    // With a letter first: the libraries take no id that is a number.
    ...(jobId === "generated" ? {} : { jobId: `c${createHash("sha1").update(payload).digest("hex")}` }),
  });
}
