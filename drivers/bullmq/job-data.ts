import { createHash } from "node:crypto";
import type { JobQueueOptions } from "./job-options.js";

/** Prefix of the keys of a run. */
export const KEY_PREFIX = "havoq";

/** Data of a job: the libraries write it as JSON, which holds no bytes. */
export interface JobData {
  readonly payload: string;
}

/** The payload as data of a job. */
export const dataOf = (payload: Buffer): JobData => ({ payload: payload.toString("base64") });

/** The payload in the data of a job; empty when there is none. */
export function payloadOf(data: unknown): Buffer {
  const isData = typeof data === "object" && data !== null && "payload" in data && typeof data.payload === "string";
  return Buffer.from(isData ? String(data.payload) : "", "base64");
}

/** What differs from job to job: priorities in turn, and an id of its own. */
export function jobSpecifics({ priorities, jobId }: JobQueueOptions): (payload: Buffer) => {
  readonly priority?: number;
  readonly jobId?: string;
} {
  let count = 0;
  if (priorities === 0 && jobId === "generated") return () => ({});
  return (payload) => ({
    ...(priorities === 0 ? {} : { priority: 1 + (count++ % priorities) }),
    // With a letter first: the libraries take no id that is a number.
    ...(jobId === "generated" ? {} : { jobId: `c${createHash("sha1").update(payload).digest("hex")}` }),
  });
}
