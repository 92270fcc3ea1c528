import { describe, expect, it } from "vitest";
import { judge } from "../../../src/result/expect.js";
import { metricValue } from "../../../src/result/metrics.js";
import type { RunResult } from "../../../src/result-schema.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import { withMissing } from "../../support/evidence.js";
import { sampleResult } from "../../support/sample-result.js";

/** Judges the sample result by the `expect` section of a scenario. */
function judged(expectations: string, result: RunResult = sampleResult()) {
  const [fault] = result.faults;
  const text = `name: t
target: { driver: memory }
load: { rate: 1/s }
phases: { baseline: 60s }
faults: [{ id: ${fault?.id ?? "none"}, at: baseline, kill: worker }]
expect: ${expectations}
`;
  const parsed = parseScenario(text, "t.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return judge(parsed.scenario, result);
}

describe("expectations", () => {
  const { delivery, latency } = sampleResult();

  it("hold or fail by the measured value, in the metric's own unit", () => {
    const limitMs = Math.ceil(latency.endToEnd.whole.p99 / 1e6) + 1;
    expect(judged(`{ phantom: 0, endToEnd.p99: "<= ${limitMs}ms" }`).verdict).toBe("pass");
    const failed = judged(`{ endToEnd.p99: "<= 1us" }`);
    expect(failed.verdict).toBe("fail");
    expect(failed.expectations[0]?.text).toMatch(/^endToEnd\.p99 .* is not <= 1\.00 µs$/);
  });

  it("take a percentage as a share of the acked messages", () => {
    const share = (100 * delivery.lost) / delivery.acked;
    expect(judged(`{ lost: "<= ${(share * 1.01).toFixed(6)}%" }`).verdict).toBe("pass");
    expect(judged(`{ lost: "<= ${(share * 0.99).toFixed(6)}%" }`).verdict).toBe("fail");
  });

  it("take the latency of one priority, where messages have them", () => {
    const [nothing] = judged(`{ "endToEnd.p50@priority9": "<= 1h" }`).expectations;
    expect([nothing?.passed, nothing?.text]).toEqual([false, expect.stringContaining("nothing was measured")]);
    const priorities = [{ priority: 9, endToEnd: latency.endToEnd.whole }];
    expect(judged(`{ "endToEnd.p50@priority9": "<= 1h" }`, { ...sampleResult(), priorities }).verdict).toBe("pass");
  });

  it("compare with another metric", () => {
    expect(judged(`{ sent: ">= acked", acked: "!= lost" }`).verdict).toBe("pass");
    const result = sampleResult();
    const whole = { ...result.latency.publish.whole, p99: 5e6, max: 5e6 };
    const equal = { ...result, latency: { ...result.latency, publish: { ...result.latency.publish, whole } } };
    expect(judged(`{ publish.p99: ["<= publish.max", "== publish.max"] }`, equal).verdict).toBe("pass");
    expect(judged(`{ publish.p99: "< publish.max" }`, equal).verdict).toBe("fail");
  });

  it("fail on what was not measured, rather than pass it", () => {
    const result = sampleResult();
    const empty = { ...result, latency: { ...result.latency, handle: { ...result.latency.handle, phases: {} } } };
    const { verdict, expectations } = judged(`{ "handle.p99@baseline": "<= 1h" }`, empty);
    expect(verdict).toBe("fail");
    expect(expectations[0]?.text).toContain("nothing was measured");
  });

  it("leave a cut-short run inconclusive, and a timing that havoq itself spoiled", () => {
    const result = sampleResult();
    const cut = withMissing(result, "the run came to its end", "the run was interrupted");
    expect(judged("{ phantom: 0 }", cut).verdict).toBe("inconclusive");
    const limited = withMissing(result, "havoq kept up", "messages left late");
    expect(judged(`{ endToEnd.p99: "<= 1us" }`, limited).verdict).toBe("inconclusive");
    expect(judged(`{ endToEnd.p99: "<= 1us", sent: 1 }`, limited).verdict).toBe("fail");
    expect(judged(`{ endToEnd.p99: "<= 1h" }`, limited).verdict).toBe("inconclusive");
    expect(judged("{ phantom: 0 }", limited).verdict).toBe("pass");
  });
});

describe("metrics of a fault", () => {
  it("sum counts and take the worst time over its occurrences", () => {
    const result = sampleResult();
    const [first] = result.faults;
    if (!first?.resilience) throw new Error("the sample has a fault with figures");
    const twice = (timeToRecoverNs: number | null): RunResult => ({
      ...result,
      faults: [
        {
          ...first,
          undelivered: 3,
          resilience: { ...first.resilience, timeToRecoverNs: 5 } as typeof first.resilience,
        },
        {
          ...first,
          occurrence: 2,
          undelivered: 4,
          resilience: { ...first.resilience, timeToRecoverNs } as typeof first.resilience,
        },
      ],
    });
    expect(metricValue(twice(9), `${first.id}.undelivered`)).toEqual({ value: 7, unit: "count" });
    expect(metricValue(twice(9), `${first.id}.timeToRecover`)).toEqual({ value: 9, unit: "ns" });
    expect(metricValue(twice(null), `${first.id}.timeToRecover`).value).toBe(Number.POSITIVE_INFINITY);
  });
});
