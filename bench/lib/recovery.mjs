/**
 * Runs of a system whose recovery is known, as counts per slice: what the resilience figures make of them is held
 * against the truth.
 */
import { normalFrom } from "../gate/model.mjs";

const SLICE_NS = 1e8;
const SLICES_PER_SECOND = 10;
const BASELINE_SECONDS = 15;
/** Load after the true recovery, and after the injection where there is none. */
const AFTER_SECONDS = 20;
/** How much faster than it is offered a backlog is worked off. */
const CATCH_UP = 3;
/** When an odd slice comes, after the recovery, and what is left of it. */
const ODD = { seconds: 7, share: 0.85 };

/**
 * What becomes of messages: `left` is the share that is completed during the fault. Of the rest, `lost` is gone,
 * and `later` is worked off after the recovery. `after` is what remains of goodput for good.
 * @typedef {object} System
 * @property {string} name
 * @property {"even" | "poisson"} arrivals
 * @property {number} left
 * @property {"lost" | "later"} rest
 * @property {number} after
 * @property {boolean} odd Whether one slice, seven seconds after the recovery, is low again.
 * @property {boolean} scheduled Whether the schedule's offer is known; of a closed load it is not.
 */

/**
 * One run; `seconds` from the injection to the recovery (infinite: never).
 * @param {System} system
 * @param {number} rate
 * @param {number} seconds
 * @param {() => number} random
 * @returns {import("../../dist/src/stats/resilience-input.js").ResilienceInput}
 */
export function simulatedRun(system, rate, seconds, random) {
  const injectS = BASELINE_SECONDS + random();
  const backS = injectS + seconds;
  const endS = Math.ceil((Number.isFinite(seconds) ? backS : injectS) + AFTER_SECONDS);
  const slices = endS * SLICES_PER_SECOND;
  const arrivals = arrivalsOf(system, rate, endS, random);
  const offered = counted(arrivals, slices);
  const odd = Math.floor((backS + ODD.seconds) * SLICES_PER_SECOND);
  const completions = served(system, arrivals, { injectS, backS, catchUp: CATCH_UP * rate }, random);
  const completed = counted(completions, slices);
  if (system.odd && odd < slices) completed[odd] = Math.floor((completed[odd] ?? 0) * ODD.share);
  const injectNs = injectS * 1e9;
  return {
    sliceNs: SLICE_NS,
    completed,
    offered: system.scheduled ? offered : completed,
    scheduled: system.scheduled,
    baseline: [0, BASELINE_SECONDS * SLICES_PER_SECOND],
    injectNs,
    firstErrorNs: null,
    loadEndNs: endS * 1e9,
    latencySliceNs: 1e9,
    latencyP99Ns: Array.from({ length: endS }, () => 2e6),
    backlog: [],
    earliestLostAckNs: null,
    nextFaultNs: null,
  };
}

/**
 * Times of arrival, in seconds.
 * @param {System} system
 * @param {number} rate
 * @param {number} endS
 * @param {() => number} random
 */
function arrivalsOf({ arrivals }, rate, endS, random) {
  const times = [];
  const gap = () => (arrivals === "even" ? 1 / rate : -Math.log(1 - random()) / rate);
  for (let at = random() / rate; at < endS; at += gap()) times.push(at);
  return times;
}

/**
 * Times of completion: a few milliseconds after the arrival; of what the fault held up, after the recovery.
 * @param {System} system
 * @param {readonly number[]} arrivals
 * @param {{ injectS: number, backS: number, catchUp: number }} fault
 * @param {() => number} random
 */
function served({ left, rest, after }, arrivals, { injectS, backS, catchUp }, random) {
  const times = [];
  const normal = normalFrom(random);
  let free = backS;
  for (const at of arrivals) {
    const share = at < injectS ? 1 : at < backS ? left : after;
    if (random() < share) {
      // Behind the backlog, as long as there is one.
      free = at < backS ? free : Math.max(at, free + 1 / catchUp);
      const done = at < backS ? at : free;
      times.push(done + 0.003 * Math.exp(0.5 * normal()));
    } else if (rest === "later" && at >= injectS && at < backS && Number.isFinite(backS)) {
      free += 1 / catchUp;
      times.push(free);
    }
  }
  return times;
}

/**
 * @param {readonly number[]} times
 * @param {number} slices
 */
function counted(times, slices) {
  const counts = new Array(slices).fill(0);
  for (const at of times) {
    const slice = Math.floor(at * SLICES_PER_SECOND);
    if (slice < slices) counts[slice] += 1;
  }
  return counts;
}

/** Messages per second of the simulated loads. */
export const RATES = [50, 200, 2000];

/** @typedef {System & { seconds: readonly number[], held: number }} Kind `held`: the least rate at which it must be found. */

/** @type {System} */
const OUTAGE = { name: "outage, even", arrivals: "even", left: 0, rest: "lost", after: 1, odd: false, scheduled: true };
const TIMES = [1, 3, 10];

/** Systems that recover after so many seconds. @type {readonly Kind[]} */
export const RECOVERED = [
  OUTAGE,
  { ...OUTAGE, name: "outage, Poisson", arrivals: /** @type {const} */ ("poisson") },
  { ...OUTAGE, name: "outage, even, catches up", rest: /** @type {const} */ ("later") },
  {
    ...OUTAGE,
    name: "outage, Poisson, catches up",
    arrivals: /** @type {const} */ ("poisson"),
    rest: /** @type {const} */ ("later"),
  },
  { ...OUTAGE, name: "outage, Poisson, closed load", arrivals: /** @type {const} */ ("poisson"), scheduled: false },
  { ...OUTAGE, name: "outage, even, odd slice 7 s later", odd: true },
  { ...OUTAGE, name: "outage, Poisson, odd slice 7 s later", arrivals: /** @type {const} */ ("poisson"), odd: true },
  { ...OUTAGE, name: "half, Poisson", arrivals: /** @type {const} */ ("poisson"), left: 0.5, held: 200 },
].map((system) => ({ held: 0, ...system, seconds: TIMES }));

/** Systems that never recover, and one that comes back to 80 % of what it was. @type {readonly Kind[]} */
export const NEVER = [
  ...[0, 0.5, 0.8].flatMap((left) =>
    /** @type {const} */ (["even", "poisson"]).map((arrivals) => ({
      ...OUTAGE,
      name: `${left * 100} % left, ${arrivals === "even" ? "even" : "Poisson"}`,
      arrivals,
      left,
      held: left === 0.8 ? 200 : 0,
      seconds: [Number.POSITIVE_INFINITY],
    })),
  ),
  {
    ...OUTAGE,
    name: "outage of 3 s, then 80 %, Poisson",
    arrivals: /** @type {const} */ ("poisson"),
    after: 0.8,
    held: 200,
    seconds: [3],
  },
];

/**
 * In how many of the runs the figures say what is true: a recovery within 20 % of its time, or that there was none.
 * @param {(input: import("../../dist/src/stats/resilience-input.js").ResilienceInput) => { timeToRecoverNs: number | null }} resilienceOf
 * @param {System} system
 * @param {number} rate
 * @param {number} seconds
 * @param {number} trials
 * @param {() => number} random
 */
export function judged(resilienceOf, system, rate, seconds, trials, random) {
  let right = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { timeToRecoverNs } = resilienceOf(simulatedRun(system, rate, seconds, random));
    const never = !Number.isFinite(seconds) || system.after < 1;
    const isTrue = never
      ? timeToRecoverNs === null
      : timeToRecoverNs !== null && Math.abs(timeToRecoverNs / 1e9 - seconds) <= 0.2 * seconds;
    if (isTrue) right += 1;
  }
  return { right: right / trials };
}
