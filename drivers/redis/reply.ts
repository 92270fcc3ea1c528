/** Reads a reply of ioredis as an array; throws when it is none. */
export function asArray(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new Error(`Redis answered ${typeof reply} where an array was expected`);
}

/** Reads a reply of ioredis as bytes; throws when it is something else. */
export function asBuffer(reply: unknown): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  if (typeof reply === "string") return Buffer.from(reply);
  throw new Error(`Redis answered ${typeof reply} where bytes were expected`);
}

/** Reads a flat list of names and values, as XINFO gives them; values that are bytes become text. */
export function asRecord(reply: unknown): Readonly<Record<string, unknown>> {
  const flat = asArray(reply);
  const record: Record<string, unknown> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const value = flat[at + 1];
    record[asBuffer(flat[at]).toString()] = Buffer.isBuffer(value) ? value.toString() : value;
  }
  return record;
}
