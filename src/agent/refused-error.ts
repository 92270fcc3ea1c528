import type { Driver } from "../spi/driver.js";

/** The server refuses this process what it needs to be connected. */
export class RefusedError extends Error {
  constructor(
    words: string,
    /** What to do about it. */
    readonly hint: string,
    options: ErrorOptions,
  ) {
    super(`the server refuses: ${words}`, options);
  }
}

/** What a client could not connect with, as a refusal with its hint where the server said no. */
export function refusedBy({ broker }: Driver, error: unknown): unknown {
  const refusal = broker?.server.refusal(error) ?? null;
  return refusal === null ? error : new RefusedError(refusal.words, refusal.hint, { cause: error });
}
