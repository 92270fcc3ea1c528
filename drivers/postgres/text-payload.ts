import * as z from "zod";

const wrapped = z.object({ p: z.base64() });

/** A binary payload in the JSON of a job. */
export const wrap = (payload: Buffer): { readonly p: string } => ({ p: payload.toString("base64") });

/** The payload in a job; an empty one where the job is none of havoq's. */
export function unwrap(data: unknown): Buffer {
  const read = wrapped.safeParse(data);
  return Buffer.from(read.success ? read.data.p : "", "base64");
}
