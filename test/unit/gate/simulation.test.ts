import { describe, expect, it } from "vitest";
import { MACHINES, simulateMany } from "../../../bench/gate/model.mjs";
import { decide, dueLook } from "../../../src/gate/decide.js";
import { pairOrder } from "../../../src/gate/order.js";
import { seededRandom } from "../../../src/stats/random.js";
import { METRICS, SETTINGS } from "./support.js";

/** The same as `npm run bench -- gate` with fewer trials; seeded, so that it gives the same numbers everywhere. */
const TRIALS = 800;
const gate = { decide, dueLook, pairOrder, settings: SETTINGS, metrics: METRICS };
const by = (share: number) => ({ name: "", p50: share, tail: share, goodput: share });

function simulate(name: string, share: number) {
  const machine = MACHINES.find((each) => each.name === name);
  if (!machine) throw new Error(`no machine ${name}`);
  return simulateMany(gate, machine, by(share), TRIALS, seededRandom(41));
}

describe("the gate on simulated machines", () => {
  it("hardly ever calls identical systems a regression", () => {
    expect(simulate("quiet", 0).regression).toBe(0);
    expect(simulate("quiet", 0).pass).toBe(1);
    expect(simulate("shared", 0).regression).toBeLessThanOrEqual(0.01);
    expect(simulate("bad", 0).regression).toBeLessThanOrEqual(0.02);
  });

  it("finds what is 10 % slower on a quiet and on a shared machine", () => {
    expect(simulate("quiet", 0.1)).toMatchObject({ regression: 1, pairs: 10 });
    expect(simulate("shared", 0.1).regression).toBeGreaterThanOrEqual(0.95);
  });

  it("finds what is 20 % slower on a bad machine too, and passes none of it", () => {
    const found = simulate("bad", 0.2);
    expect(found.regression).toBeGreaterThanOrEqual(0.98);
    expect(found.pass + found.improvement).toBe(0);
  });
});
