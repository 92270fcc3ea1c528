import { describe, expect, it } from "vitest";
import { renderComparison } from "../../../reports/terminal/comparison.js";
import { splitProven } from "../../../src/compare/proven.js";
import { withMissing } from "../../support/evidence.js";
import { sampleComparison, sampleRuns } from "../../support/sample-comparison.js";
import { sampleResult } from "../../support/sample-result.js";

describe("a comparison", () => {
  const killed = withMissing(sampleResult(), "only faults broke the broker", "at 3.00 s redis ended");
  const runs = sampleRuns({ kafka: () => ({}), redis: (round) => (round === 2 ? killed : {}) }, 3);

  it("leaves out a run that proves nothing, and names it", () => {
    const proven = splitProven(runs);
    expect(proven.runs).toHaveLength(5);
    expect(proven.failures).toEqual([
      {
        subject: "redis",
        round: 2,
        kind: "unproven",
        message: "something else broke the broker: at 3.00 s redis ended",
      },
    ]);
    const comparison = { ...sampleComparison(proven.runs), failures: [...proven.failures] };
    const screen = renderComparison(comparison);
    expect(screen).toContain("1 run left out, for want of evidence");
    expect(screen).toContain("redis, round 2, proves nothing: something else broke the broker: at 3.00 s");
  });

  it("keeps a run whose times alone are doubtful, and says so", () => {
    const late = withMissing(sampleResult(), "every fault came on time", "crash#1 came 4.80 s late");
    const some = sampleRuns({ kafka: () => ({}), redis: () => late }, 3);
    expect(splitProven(some).failures).toEqual([]);
    expect(sampleComparison(some).findings.join()).toContain("redis: in 3 of 3 runs crash#1 came 4.80 s late");
  });
});
