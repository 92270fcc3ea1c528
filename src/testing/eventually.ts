import { sleep } from "../time.js";

/** Waits until a condition holds; throws with what was last seen when it does not within the deadline. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  deadlineMs = 90_000,
): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() > until) throw new Error(`not within ${deadlineMs} ms; last seen: ${JSON.stringify(value)}`);
    await sleep(10);
  }
}
