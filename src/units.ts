/** Units as types, so that a number can't be passed where another unit is meant. */

declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** A span of time in milliseconds. */
export type Milliseconds = Unit<"ms">;
/** A size in bytes. */
export type Bytes = Unit<"bytes">;
/** A rate in events (or bytes, where the name says so) per second. */
export type PerSecond = Unit<"per second">;

/** Nanoseconds since the run's epoch (CLOCK_MONOTONIC when the run's clock was set); below 2^53 for 104 days. */
export type Nanoseconds = number;

/** A number as milliseconds. */
export const ms = (value: number): Milliseconds => value as Milliseconds;
/** A number as bytes. */
export const bytes = (value: number): Bytes => value as Bytes;
/** A number as a rate per second. */
export const perSecond = (value: number): PerSecond => value as PerSecond;

/** Nanoseconds in a millisecond. */
export const NS_PER_MS = 1e6;
/** Microseconds in a second. */
export const US_PER_S = 1e6;
/** Nanoseconds in a second. */
export const NS_PER_S = 1e9;
