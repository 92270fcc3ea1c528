import { describe, expect, it } from "vitest";
import { metricUnit, readMetric } from "../../../src/scenario/metric-name.js";
import { MINIMAL, problemsOf, resolved, withFaults } from "./helpers.js";

const FAULT = withFaults("id: crash, at: chaos, kill: worker");
const expectationsOf = (line: string) => resolved(`${FAULT}expect: { ${line} }\n`).expect;

describe("expectations", () => {
  it.each([
    ["lost: 0", "lost", "==", { kind: "number", number: 0 }],
    ['duplicates: "<= 0.1%"', "duplicates", "<=", { kind: "share", share: 0.001 }],
    ['endToEnd.p99: "<= 250ms"', "endToEnd.p99", "<=", { kind: "number", number: 250_000_000 }],
    ['"publish.p50@baseline": "<2ms"', "publish.p50@baseline", "<", { kind: "number", number: 2_000_000 }],
    ['publish.count: "> 5"', "publish.count", ">", { kind: "number", number: 5 }],
    ['goodput: ">= 30000/min"', "goodput", ">=", { kind: "number", number: 500 }],
    ['goodput: "> 0/s"', "goodput", ">", { kind: "number", number: 0 }],
    ['goodput: ">= ackedPerSecond"', "goodput", ">=", { kind: "metric", metric: "ackedPerSecond" }],
    ['lost: "== crash.undelivered"', "lost", "==", { kind: "metric", metric: "crash.undelivered" }],
    ['crash.timeToRecover: "!= 1s"', "crash.timeToRecover", "!=", { kind: "number", number: 1e9 }],
    ['crash.dipDepth: "<= 10%"', "crash.dipDepth", "<=", { kind: "number", number: 0.1 }],
    ['crash.dipDepth: "<= 0.1"', "crash.dipDepth", "<=", { kind: "number", number: 0.1 }],
  ])("resolves { %s } to the metric's own unit", (line, metric, operator, value) => {
    expect(expectationsOf(line)).toMatchObject([{ metric, operator, value }]);
  });

  it("keeps the expression as written, and a bare number as an equality", () => {
    expect(expectationsOf('lost: 0, endToEnd.p99: " <= 250ms"').map(({ expression }) => expression)).toEqual([
      "== 0",
      "<= 250ms",
    ]);
  });

  it("takes several on one metric, as a list or by spaces around the key", () => {
    expect(expectationsOf('goodput: [">= 90/s", "<= 110/s"]').map(({ operator }) => operator)).toEqual([">=", "<="]);
    expect(expectationsOf('lost: 0, "lost ": "== crash.undelivered"').map(({ metric }) => metric)).toEqual([
      "lost",
      "lost",
    ]);
  });

  it.each([
    ["lsot: 0", 'a.yaml:7:11: expect.lsot: unknown metric "lsot"\n  hint: did you mean "lost"?'],
    ["entToEnd.p99: 0", 'did you mean "endToEnd.p99"?'],
    ["endToEnd.p98: 0", 'unknown metric "endToEnd.p98"\n  hint: did you mean "endToEnd.p90"?'],
    [
      "endToEnd.p99@choas: 0",
      'unknown phase "choas" in the metric "endToEnd.p99@choas"\n  hint: did you mean "chaos"?',
    ],
    ["kill.undelivered: 0", 'unknown metric "kill.undelivered"\n  hint: did you mean "crash.undelivered"?'],
    ["crash.timeToRecovr: 0", 'did you mean "crash.timeToRecover"?'],
    ["crash.drain@chaos: 0", "unknown metric"],
    ["toString: 0", "hint: metrics are such as lost"],
    ['lost: "== crash.undelivred"', 'unknown metric "crash.undelivred"'],
    ['lost: "== endToEnd.p99"', "lost is a number of messages and can't be compared with endToEnd.p99, a time"],
    ['endToEnd.p99: "<= 250"', 'endToEnd.p99 is a time; expected one such as 250ms, got "250"\n  hint: write the unit'],
    ["endToEnd.p99: 0", "endToEnd.p99 is a time"],
    ['lost: "<= 5ms"', "lost is a number of messages; expected one such as 10 or 0.1%"],
    ['goodput: "<= 5%"', "goodput is a rate"],
    ['crash.dipDepth: "<= 5"', "crash.dipDepth is a share"],
    ["endToEnd.p99: 250ms", 'hint: write an operator: "<= 250ms", ">= 250ms" or "== 250ms"'],
    ['lost: "=> 5"', "hint: operators: <=, >=, ==, !=, <, >"],
    ["lost: -1", "expected a number or a comparison"],
    ["lost: true", "expected a number or a comparison"],
    ['lost: "<= five ms"', 'hint: after "<=": a number'],
    ["lost: [0, 5ms]", 'a.yaml:7:17: expect.lost: expected a number or a comparison such as "<= 250ms", got "5ms"'],
    ['lost: [0, "<= 5ms"]', "a.yaml:7:21: expect.lost.1: lost is a number"],
  ])("refuses { %s }", (line, expected) => {
    expect(problemsOf(`${FAULT}expect: { ${line} }\n`)).toContain(expected);
  });
});

describe("metrics", () => {
  it("takes names apart", () => {
    const drain = { label: "p99 of publish in the drain", phase: "drain", unit: "ns", better: "lower" };
    expect(readMetric("publish.p99@drain", [])).toMatchObject({ ok: true, value: drain });
    expect(readMetric("endToEnd.p99@priority9", [])).toMatchObject({ value: { phase: undefined, unit: "ns" } });
    expect(readMetric("publish.p99@priority9", []).ok).toBe(false);
    expect(readMetric("a.drain", ["a"])).toMatchObject({ value: { label: "a: drain", unit: "ns" } });
  });

  it("knows the unit of every metric, whatever the fault", () => {
    expect(metricUnit("any.dipDepth")).toBe("share");
    expect(metricUnit("nothing")).toBeUndefined();
  });

  it("are refused where they look at a phase of no length, on either side", () => {
    const text = `${MINIMAL}phases: { chaos: 0s, recovery: 1s }
expect: { endToEnd.p99@chaos: < 5ms, endToEnd.p99@recovery: "<= publish.p99@chaos", endToEnd.p50@drain: < 1s }
`;
    const problems = problemsOf(text);
    expect(problems.match(/has no value: the phase chaos has no length/g)).toHaveLength(2);
    expect(problems).toContain('a.yaml:5:11: expect.endToEnd.p99@chaos: "endToEnd.p99@chaos" has no value');
    expect(problems).toContain("hint: give phases.chaos a length, or leave @chaos out");
    expect(problemsOf(text.replace("chaos: 0s", "chaos: 1s"))).toBe("");
  });
});
