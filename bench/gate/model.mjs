/**
 * Machines and systems as random numbers: what the slices of a gate would measure. All effects are logarithms, so that
 * they multiply.
 */

/**
 * @typedef {object} Machine
 * @property {string} name
 * @property {number} run Spread (SD) of p50 and goodput between identical slices.
 * @property {number} tailRun The same of the tail.
 * @property {number} job Spread between jobs; the same for both sides, so that pairs cancel it.
 * @property {number} drift Spread of the slope over a job of 30 pairs.
 * @property {number} slot How much slower the second slice of a pair is.
 * @property {number} hit Share of slices that a neighbour slows down.
 * @property {readonly [number, number]} hitBy By how much, from and to.
 */

/** @type {readonly Machine[]} */
export const MACHINES = [
  { name: "quiet", run: 0.01, tailRun: 0.02, job: 0.02, drift: 0.003, slot: 0.002, hit: 0, hitBy: [0, 0] },
  { name: "shared", run: 0.04, tailRun: 0.08, job: 0.1, drift: 0.015, slot: 0.01, hit: 0.08, hitBy: [0.1, 0.4] },
  { name: "bad", run: 0.06, tailRun: 0.12, job: 0.15, drift: 0.03, slot: 0.02, hit: 0.12, hitBy: [0.1, 0.6] },
  { name: "worse", run: 0.08, tailRun: 0.16, job: 0.2, drift: 0.03, slot: 0.02, hit: 0.15, hitBy: [0.2, 0.8] },
];

/** Values of a system before any noise: 5 ms and 20 ms, so that the floor of 0.2 ms plays no part, and 1000/s. */
const BEFORE = { "endToEnd.p50": 5e6, "endToEnd.tail": 20e6, goodput: 1000 };

/**
 * What changed in the candidate, as a share by which each metric is worse.
 * @typedef {{ name: string, p50: number, tail: number, goodput: number }} Change
 */

/**
 * Normal numbers from uniform ones (Box and Muller).
 * @param {() => number} random
 */
export function normalFrom(random) {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * One job on a machine: answers each call with the values of the next slice of a side.
 * @param {Machine} machine
 * @param {Change} change
 * @param {() => number} random
 */
export function simulatedJob(machine, change, random) {
  const normal = normalFrom(random);
  const job = machine.job * normal();
  const slope = (machine.drift * normal()) / 60;
  let slice = 0;
  /**
   * @param {"baseline" | "candidate"} side
   * @param {boolean} second Whether it is the second slice of its pair.
   * @returns {Record<string, number>}
   */
  return (side, second) => {
    const hit =
      random() < machine.hit ? Math.log1p(machine.hitBy[0] + random() * (machine.hitBy[1] - machine.hitBy[0])) : 0;
    const place = job + slope * slice++ + (second ? machine.slot : 0) + hit;
    // Half of a slice's noise is common to its latencies: a slow slice is slow as a whole.
    const common = normal();
    const own = () => Math.SQRT1_2 * (common + normal());
    const worse = (/** @type {number} */ by) => (side === "candidate" ? Math.log1p(by) : 0);
    return {
      "endToEnd.p50": BEFORE["endToEnd.p50"] * Math.exp(place + machine.run * own() + worse(change.p50)),
      "endToEnd.tail": BEFORE["endToEnd.tail"] * Math.exp(place + machine.tailRun * own() + worse(change.tail)),
      goodput: BEFORE.goodput * Math.exp(-(place + machine.run * normal() + worse(change.goodput))),
    };
  };
}

/**
 * The gate's own code, from the sources or from the build.
 * @typedef {object} Gate
 * @property {typeof import("../../dist/src/gate/decide.js").decide} decide
 * @property {typeof import("../../dist/src/gate/decide.js").dueLook} dueLook
 * @property {typeof import("../../dist/src/gate/order.js").pairOrder} pairOrder
 * @property {import("../../dist/src/gate/settings.js").GateSettings} settings
 * @property {readonly import("../../dist/src/gate/metrics.js").GateMetric[]} metrics
 */

/**
 * One whole gate on a simulated job; answers with its last decision and the pairs it took.
 * @param {Gate} gate
 * @param {Machine} machine
 * @param {Change} change
 * @param {() => number} random
 */
export function simulateGate({ decide, dueLook, pairOrder, settings, metrics }, machine, change, random) {
  const slice = simulatedJob(machine, change, random);
  const next = pairOrder(random);
  /** @type {{ metric: (typeof metrics)[number], pairs: { baseline: number, candidate: number }[] }[]} */
  const measured = metrics.map((metric) => ({ metric, pairs: [] }));
  for (let pairs = 1, taken = 0; ; pairs++) {
    const [first, second] = next();
    const values = { [first]: slice(first, false), [second]: slice(second, true) };
    for (const { metric, pairs: own } of measured) {
      own.push({
        baseline: values["baseline"]?.[metric.name] ?? Number.NaN,
        candidate: values["candidate"]?.[metric.name] ?? Number.NaN,
      });
    }
    const look = dueLook(settings, taken, pairs);
    if (!look) continue;
    taken += 1;
    const decision = decide(measured, look, settings);
    if (decision.verdict !== "inconclusive" || taken === settings.looks.length) return { decision, pairs };
  }
}

/**
 * Many gates: the share of each verdict, and the mean number of pairs.
 * @param {Gate} gate
 * @param {Machine} machine
 * @param {Change} change
 * @param {number} trials
 * @param {() => number} random
 */
export function simulateMany(gate, machine, change, trials, random) {
  const count = { regression: 0, improvement: 0, pass: 0, inconclusive: 0 };
  let pairs = 0;
  for (let trial = 0; trial < trials; trial++) {
    const one = simulateGate(gate, machine, change, random);
    count[one.decision.verdict] += 1;
    pairs += one.pairs;
  }
  return {
    regression: count.regression / trials,
    improvement: count.improvement / trials,
    pass: count.pass / trials,
    inconclusive: count.inconclusive / trials,
    pairs: pairs / trials,
  };
}
