import type { RateShape, Scenario } from "../scenario/scenario.js";
import { deriveSeed } from "../stats/random.js";
import type { Nanoseconds, PerSecond } from "../units.js";
import { unitPoisson } from "./poisson.js";
import { integrate, type RateIntegral } from "./rate.js";
import { lowerBound } from "./search.js";

/** When the messages of one producer are due: a function of time and a seed alone, never of what happened before. */
export interface Schedule {
  /** When message `index` (from 0) of this producer is due, in ns since t0; infinite when there are fewer. */
  dueNs(index: number): Nanoseconds;
  /** How many messages of this producer are due before `timeNs`. */
  countBefore(timeNs: Nanoseconds): number;
}

/** A schedule in a form that can be sent to another process or thread. */
export interface ScheduleSpec {
  /** Over all producers. */
  readonly rate: PerSecond | RateShape;
  /** even: as the rate's integral says; poisson: each producer its own share at random, with that integral as mean. */
  readonly arrivals: "even" | "poisson";
  readonly seed: number;
  readonly producers: number;
  /** Which of the producers this is, from 0: the messages of an even schedule are dealt out in turn. */
  readonly producer: number;
}

const PLACE_OF_ARRIVALS = 0xa881;

/** The schedules of all producers of a scenario; `null` for a closed load. What they send together is the offered load. */
export function scheduleSpecs({ load, seed }: Pick<Scenario, "load" | "seed">): ScheduleSpec[] | null {
  const { rate, arrivals, producers } = load;
  if (rate === "closed") return null;
  return Array.from({ length: producers }, (_, producer) => ({ rate, arrivals, seed, producers, producer }));
}

/** Builds the schedule that a spec describes. */
export function createSchedule(spec: ScheduleSpec): Schedule {
  const { rate, producers, producer } = spec;
  if (typeof rate !== "number" && rate.kind === "trace") {
    const { timesNs } = rate;
    const dueNs = (index: number) => timesNs[index * producers + producer] ?? Number.POSITIVE_INFINITY;
    return counting(dueNs, (timeNs) => Math.ceil((lowerBound(timesNs, timeNs) - producer) / producers));
  }
  const integral = integrate(rate);
  return spec.arrivals === "poisson" ? poissonSchedule(spec, integral) : evenSchedule(spec, integral);
}

/** Message k of the whole is due when the rate's integral reaches k; producer p of P sends p, p + P, p + 2P... */
function evenSchedule({ producers, producer }: ScheduleSpec, integral: RateIntegral): Schedule {
  return counting(
    (index) => integral.timeOf(index * producers + producer),
    (timeNs) => Math.ceil((integral.countAt(timeNs) - producer) / producers),
  );
}

/** A Poisson process of rate 1, stretched in time so that its mean is this producer's share of the rate. */
function poissonSchedule({ seed, producers, producer }: ScheduleSpec, integral: RateIntegral): Schedule {
  const events = unitPoisson(deriveSeed(seed, PLACE_OF_ARRIVALS, producer));
  return counting(
    (index) => integral.timeOf(events.timeOf(index) * producers),
    (timeNs) => events.countBefore(integral.countAt(timeNs) / producers),
  );
}

/** A schedule whose count is estimated: it may be off by a few in floating point, and `dueNs` decides. */
function counting(dueNs: Schedule["dueNs"], estimate: (timeNs: Nanoseconds) => number): Schedule {
  return {
    dueNs,
    countBefore(timeNs) {
      let count = Math.max(0, estimate(timeNs));
      while (count > 0 && dueNs(count - 1) >= timeNs) count -= 1;
      while (dueNs(count) < timeNs) count += 1;
      return count;
    },
  };
}
