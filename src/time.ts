/** Measuring and waiting. Durations are monotonic everywhere: a wall clock may jump by an hour while one is measured. */
import { setTimeout as timer } from "node:timers/promises";

/** The longest timer that Node has, a good 24 days: a longer one fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits for any length of time; an abort ends the wait early. */
export async function sleep(forMs: number, signal?: AbortSignal): Promise<void> {
  const step = (stepMs: number) => timer(stepMs, undefined, signal && { signal }).catch(() => {});
  let leftMs = forMs;
  for (; leftMs > LONGEST_TIMER_MS && !signal?.aborted; leftMs -= LONGEST_TIMER_MS) await step(LONGEST_TIMER_MS);
  await step(leftMs);
}

/** Whether `event` comes within a time of any length. */
export async function within(forMs: number, event: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([event.then(() => true), sleep(forMs, over.signal).then(() => false)]);
  } finally {
    over.abort();
  }
}

/** What a server that is asked says; throws where it says nothing for so long. */
export async function answered<T>(work: Promise<T>, forMs: number): Promise<T> {
  // What it comes to after that is of no interest any more.
  work.catch(() => {});
  if (!(await within(forMs, work))) throw new Error(`no answer within ${forMs / 1000} s`);
  return await work;
}

/** Time and waiting, for what is tested without them. */
export interface WaitingClock {
  /** Milliseconds that only grow. */
  now(): number;
  /** Ends early when the signal aborts. */
  sleep(forMs: number, signal?: AbortSignal): Promise<void>;
}

/** This machine's own clock. */
export const systemClock: WaitingClock = { now: () => performance.now(), sleep };
