import { type Nanoseconds, NS_PER_S } from "../units.js";

/** When the messages of one producer are due: a function of time alone, never of what happened before. */
export interface Schedule {
  /** When message `index` (from 0) of this producer is due, in ns since t0. */
  dueNs(index: number): Nanoseconds;
  /** How many messages of this producer are due before `timeNs`. */
  countBefore(timeNs: Nanoseconds): number;
}

/** A schedule in a form that can be sent to another process or thread. */
export interface ScheduleSpec {
  readonly kind: "constant";
  /** Over all producers. */
  readonly ratePerSecond: number;
  readonly producers: number;
  /** Which of the producers this is, from 0: the messages are dealt out in turn. */
  readonly producer: number;
}

/** Evenly spaced arrivals; producer p of P sends the messages p, p + P, p + 2P... of the whole. */
function constantSchedule(spec: ScheduleSpec): Schedule {
  const intervalNs = NS_PER_S / spec.ratePerSecond;
  const dueNs = (index: number) => (index * spec.producers + spec.producer) * intervalNs;
  return {
    dueNs,
    countBefore(timeNs) {
      // The quotient may be off by one in floating point; dueNs decides.
      let count = Math.max(0, Math.ceil((timeNs / intervalNs - spec.producer) / spec.producers));
      while (count > 0 && dueNs(count - 1) >= timeNs) count -= 1;
      while (dueNs(count) < timeNs) count += 1;
      return count;
    },
  };
}

/** Builds the schedule that a spec describes. */
export function createSchedule(spec: ScheduleSpec): Schedule {
  return constantSchedule(spec);
}
