import { describe, expect, it } from "vitest";
import { formatProblems } from "../../../src/input/problems.js";
import { parseComparison } from "../../../src/scenario/comparison.js";
import { readSource } from "../../../src/scenario/source.js";
import { MINIMAL, problemsOf, withFaults } from "./helpers.js";

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join("");

describe("a scenario that is far too large", () => {
  it.each([
    ["unknown keys", many(20_000, (at) => `key${at}: 1\n`), "a.yaml:1:1: expected at most 200 keys, got 20,000"],
    [
      "faults that wait for each other",
      `${MINIMAL}faults:\n${many(2000, (at) => `  - { id: f${at}, at: ${at === 0 ? "chaos" : `f${at - 1}.end`}, kill: worker }\n`)}`,
      "a.yaml:4:1: faults: expected at most 100 faults, got 2,000",
    ],
    ["elements", `a: [${many(1001, () => "1, ")}]\n`, "a.yaml:1:1: a: expected at most 1,000 elements, got 1,001"],
    ["values", `a:\n${many(15, () => `  - [${many(999, () => "1, ")}]\n`)}`, "a.yaml:1:1: more than 10,000 values"],
    ["levels", `a: ${"[".repeat(40)}${"]".repeat(40)}\n`, "nested more than 32 levels deep"],
    ["levels beyond the stack", `a: ${"[".repeat(50_000)}`, ": nested too deeply"],
    ["aliases", `a: &a 1\nb: [${many(101, () => "*a, ")}]\n`, "a.yaml:2:405: more than 100 aliases"],
  ])("is refused for its number of %s alone, at once", (_, text, problem) => {
    const begun = performance.now();
    const told = problemsOf(text);
    expect(told).toContain(problem);
    expect(told.split("\n").length).toBeLessThanOrEqual(2);
    // Far more, where every key is compared with every other.
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it("is refused for what the command line adds to it", () => {
    expect(problemsOf(MINIMAL, [`faults=[${many(101, () => "{}, ")}]`])).toMatch(
      /^--set faults=.*: expected at most 100 faults, got 101$/,
    );
  });

  it("tells no more than ten mistakes of its form", () => {
    const source = readSource("a: b: c\n".repeat(1000), "a.yaml");
    expect(source.ok ? [] : source.problems).toHaveLength(10);
  });
});

describe("a value that is far too large", () => {
  it.each([
    ["load.payload=100GiB", 'load.payload=100GiB: expected at most 128MiB, got "100GiB"'],
    ["load.producers=70000", "expected a number of processes of at most 1000, got 70000"],
    ["workers.processes=70000", "expected a number of processes of at most 1000, got 70000"],
    ["workers.concurrency=1000000", "expected a number of handlers of at most 100000, got 1000000"],
    ["load.window=10000000", "expected a number of messages of at most 1000000, got 10000000"],
    ["load.rate=1e9/s", 'expected a rate of at most 100M/s, got "1e9/s"'],
    ["runs=100000", "expected a whole number of at most 10000, got 100000"],
    ["phases.baseline=1e9h", 'expected a duration of at most 2400h, got "1e9h"'],
    ["phases={ baseline: 2000h, chaos: 2000h }", "chaos: 2000h }: together they are longer than 2400h"],
    ["load.rate={ kind: step, from: 1/s, to: 2/s, every: 1s, steps: 1e7 }", "of at most 10000, got 10000000"],
    [
      "faults=[{ at: baseline, kill: worker, repeat: { times: 1e7, every: 1s } }]",
      "faults.0.repeat.times: expected a whole number of at most 10000, got 10000000",
    ],
  ])("is refused: %s", (overlay, problem) => {
    expect(problemsOf(MINIMAL, [overlay])).toContain(problem);
  });
});

describe("a load of more messages than their header can number", () => {
  it("is refused, unless more producers share it", () => {
    const long = ["load.rate=100k/s", "phases.baseline=20h"];
    expect(problemsOf(MINIMAL, long)).toContain(
      "a producer would send more than 4,294,967,296 messages\n  hint: lower it",
    );
    expect(problemsOf(MINIMAL, [...long, "load.producers=2"])).toBe("");
  });
});

describe("a comparison with far too many combinations", () => {
  const request = { overlays: [], targets: undefined, reference: undefined, catalogue: new Map() };

  it("is refused before any of them is made", () => {
    const values = `[${many(100, (at) => `${at + 1}, `)}]`;
    const paths = ["seed", "load.producers", "load.window", "workers.concurrency"];
    const text = `${MINIMAL}vary:\n${paths.map((path) => `  ${path}: ${values}\n`).join("")}`;
    const result = parseComparison(text, "a.yaml", request);
    expect(result.ok ? "" : formatProblems(result.problems)).toBe(
      "a.yaml:4:1: vary: makes 100,000,000 combinations with the targets\n  hint: at most 256: vary less at a time",
    );
  });

  it("names no more than five of those that have the same mistake", () => {
    const text = withFaults("at: chaos, kill: worker").replace(
      "phases: { chaos: 20s }",
      "vary: { phases.chaos: [0s, 9s], seed: [1, 2, 3, 4, 5, 6, 7] }",
    );
    const result = parseComparison(text, "a.yaml", request);
    expect(result.ok ? "" : formatProblems(result.problems)).toMatch(
      /the phase chaos has no length \(for d chaos=0s seed=1, .*seed=5 and 2 others\)/,
    );
  });
});
