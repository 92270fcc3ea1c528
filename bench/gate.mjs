/** The regression gate in simulation: how often it is wrong, and what it finds. */
import { deriveSeed, seededRandom } from "../dist/src/stats/random.js";
import { gate, percent } from "./gate/lib.mjs";
import { MACHINES, simulateMany } from "./gate/model.mjs";
import { atLeast, atMost, benchmark } from "./lib/report.mjs";
import { scaledCount } from "./lib/scale.mjs";

const SEED = 20_261_125;
const TRIALS = scaledCount(10_000);

/** @type {readonly (import("./gate/model.mjs").Change & { by: number })[]} */
const CHANGES = [
  { name: "nothing", by: 0, p50: 0, tail: 0, goodput: 0 },
  ...[0.1, 0.2].flatMap((by) => [
    { name: `all +${by * 100} %`, by, p50: by, tail: by, goodput: by },
    { name: `latency +${by * 100} %`, by, p50: by, tail: by, goodput: 0 },
    { name: `p50 +${by * 100} %`, by, p50: by, tail: 0, goodput: 0 },
    { name: `tail +${by * 100} %`, by, p50: 0, tail: by, goodput: 0 },
    { name: `goodput -${by * 100} %`, by, p50: 0, tail: 0, goodput: by },
  ]),
];

await benchmark("gate", `the regression gate on simulated machines, ${TRIALS} gates in each row`, async () => {
  const cells = MACHINES.flatMap((machine, m) =>
    CHANGES.map((change, c) => {
      const random = seededRandom(deriveSeed(SEED, m, c));
      return { machine, change, ...simulateMany(gate, machine, change, TRIALS, random) };
    }),
  );
  const rows = cells.map(({ machine, change, regression, improvement, pass, inconclusive, pairs }) => ({
    machine: machine.name,
    change: change.name,
    regression: percent(regression),
    improvement: percent(improvement),
    pass: percent(pass),
    inconclusive: percent(inconclusive),
    pairs: pairs.toFixed(1),
  }));
  return {
    rows,
    checks: cells.flatMap(checksOf),
    notes: [
      "power is held for a change of both latencies; for one metric alone, and on the worse machine, it is only stated",
    ],
  };
});

/**
 * The numbers the gate is held to.
 * @param {{ machine: import("./gate/model.mjs").Machine, change: (typeof CHANGES)[number], regression: number, pass: number, improvement: number }} cell
 */
function checksOf({ machine, change, regression, improvement, pass }) {
  const where = `${machine.name}, ${change.name}`;
  const calm = machine.name === "quiet" || machine.name === "shared";
  if (change.by === 0) return [atMost(`${where}: false alarms`, regression, calm ? 0.01 : 0.02)];
  const several = change.name.startsWith("all") || change.name.startsWith("latency");
  const held = several && machine.name !== "worse";
  const power = change.by === 0.2 ? 0.98 : calm ? 0.95 : null;
  return [
    atMost(`${where}: wrong pass`, pass + improvement, 0.05),
    ...(held && power !== null ? [atLeast(`${where}: power`, regression, power)] : []),
  ];
}
