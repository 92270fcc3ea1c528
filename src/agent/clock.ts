import { performance } from "node:perf_hooks";
import { type Nanoseconds, NS_PER_MS } from "../units.js";

/** Reads nanoseconds since an epoch on CLOCK_MONOTONIC, which all processes of one Linux machine share. */
export type Clock = () => Nanoseconds;

/** CLOCK_MONOTONIC in nanoseconds. */
export const monotonicNs = (): bigint => process.hrtime.bigint();

/**
 * A clock that counts from `epochNs`. `performance.now` reads the same clock as `hrtime.bigint` without allocating;
 * only its origin differs, and is measured here.
 */
export function clockSince(epochNs: bigint): Clock {
  let originNs = 0;
  let tightest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 50; i++) {
    const before = monotonicNs();
    const nowMs = performance.now();
    const after = monotonicNs();
    const gap = Number(after - before);
    if (gap < tightest) {
      tightest = gap;
      originNs = Number(before - epochNs) + gap / 2 - nowMs * NS_PER_MS;
    }
  }
  return () => originNs + performance.now() * NS_PER_MS;
}
