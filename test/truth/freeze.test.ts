import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { createSchedule } from "../../src/load/schedule.js";
import { histogramOf } from "../../src/record/histogram.js";
import type { RunResult } from "../../src/result-schema.js";
import { perSecond } from "../../src/units.js";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const FILE = fileURLToPath(new URL("../../scenarios/truth/p1-freeze.yaml", import.meta.url));
const WARMUP_NS = 10e9;
const TOLERANCE = 0.03;
/**
 * A percentile below the freeze's share (8.3 % of the messages) is one of the calm load's, some 0.2 ms at p50 and a few
 * ms at its p98: 3 % of that is less than a context switch of a shared machine, so those may be this far apart.
 */
const FLOOR_NS = 5e6;

/**
 * Latencies that the schedule implies: a message due while the broker stood still waits until it goes on, any other
 * takes what messages took in the baseline. Answers with the value at a share of all messages.
 */
function impliedBySchedule(result: RunResult, name: "publish" | "endToEnd") {
  const freeze = result.faults.find(({ id }) => id === "freeze");
  const fromNs = freeze?.confirmedNs ?? Number.NaN;
  const untilNs = freeze?.healedNs ?? Number.NaN;
  const schedule = createSchedule({
    rate: perSecond(1000),
    arrivals: "even",
    seed: 1,
    producers: 1,
    producer: 0,
  });
  const warmup = schedule.countBefore(WARMUP_NS);
  const total = schedule.countBefore(WARMUP_NS + 60e9) - warmup;
  const waits: number[] = [];
  for (let index = warmup; index < warmup + total; index++) {
    const dueNs = schedule.dueNs(index);
    if (dueNs >= fromNs && dueNs < untilNs) waits.push(untilNs - dueNs);
  }
  waits.sort((a, b) => a - b);
  const calm = histogramOf(result.latency[name].phases.baseline ?? { histogram: "", max: 0 });
  const calmShare = (total - waits.length) / total;
  return (share: number) =>
    share <= calmShare
      ? calm.getValueAtPercentile((100 * share) / calmShare)
      : (waits[Math.ceil(share * total - (total - waits.length)) - 1] ?? Number.NaN);
}

const LONG = { timeout: 400_000 };

describe("P1: no stall is hidden", () => {
  needs(
    "redis",
    "a freeze of 5 s at 1000/s shows in every percentile as the schedule implies",
    async () => {
      using place = new Workplace();
      const ended = await place.run(["run", FILE, "--out", place.out, "--quiet"]);
      expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
      const result = place.result();
      expect(result.delivery.sent).toBe(70_000);
      for (const name of ["publish", "endToEnd"] as const) {
        const implied = impliedBySchedule(result, name);
        const measured = result.latency[name].whole;
        for (const [stat, share] of [
          ["p50", 0.5],
          ["p90", 0.9],
          ["p95", 0.95],
          ["p99", 0.99],
          ["max", 1],
        ] as const) {
          const expected = implied(share);
          const distance = Math.abs(measured[stat] - expected);
          expect
            .soft(distance, `${name}.${stat}: ${measured[stat]} ns, implied ${expected} ns`)
            .toBeLessThanOrEqual(Math.max(TOLERANCE * expected, FLOOR_NS));
        }
      }
    },
    LONG,
  );
});
