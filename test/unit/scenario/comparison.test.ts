import { describe, expect, it } from "vitest";
import { formatProblems } from "../../../src/input/problems.js";
import { readCatalogue } from "../../../src/scenario/catalogue.js";
import { type ComparisonRequest, parseComparison } from "../../../src/scenario/comparison.js";
import { parseScenario } from "../../../src/scenario/parse.js";

const { entries } = readCatalogue(
  "targets:\n  one: { driver: redis-list }\n  two: { driver: kafka, options: { acks: 1 } }\n",
  "targets.yaml",
);
const request = (about: Partial<ComparisonRequest> = {}): ComparisonRequest => ({
  overlays: [],
  targets: undefined,
  reference: undefined,
  catalogue: entries,
  ...about,
});
const BASE = "name: n\nload: { rate: 5/s }\n";

function cellsOf(text: string, about: Partial<ComparisonRequest> = {}) {
  const parsed = parseComparison(text, "c.yaml", request(about));
  if (!parsed.ok) throw new Error(formatProblems(parsed.problems));
  return parsed.cells;
}
function problemsOf(text: string, about: Partial<ComparisonRequest> = {}): string {
  const parsed = parseComparison(text, "c.yaml", request(about));
  return parsed.ok ? "" : formatProblems(parsed.problems);
}

describe("a comparison file", () => {
  it("has a scenario for each of its targets, of the catalogue or its own", () => {
    const cells = cellsOf(`${BASE}targets: [one, { name: mine, driver: memory }]\n`);
    expect(cells.map(({ name, scenario }) => [name, scenario.target.driver])).toEqual([
      ["one", "redis-list"],
      ["mine", "memory"],
    ]);
  });

  it("runs three rounds when it says nothing, and one when it says one", () => {
    const roundsOf = (text: string) => cellsOf(`${BASE}targets: [one]\n${text}`).map(({ scenario }) => scenario.runs);
    expect([roundsOf(""), roundsOf("runs: 1\n"), roundsOf("runs: 5\n")]).toEqual([[3], [1], [5]]);
  });

  it("varies every combination", () => {
    const cells = cellsOf(
      `${BASE}targets: [one, two]\nvary: { load.payload: [1KiB, 2KiB], workers.processes: [1, 2] }\n`,
    );
    expect(cells).toHaveLength(8);
    expect(cells[7]).toMatchObject({
      name: "two payload=2KiB processes=2",
      target: "two",
      variation: { "load.payload": "2KiB", "workers.processes": "2" },
      scenario: { load: { payload: 2048 }, workers: { processes: 2 } },
    });
  });

  it("takes its targets from the command line, and may be a plain scenario", () => {
    expect(cellsOf(`${BASE}target: { driver: memory }\n`).map(({ name }) => name)).toEqual(["memory"]);
    const named = cellsOf(`${BASE}target: { driver: memory }\n`, { targets: ["two", "one"] });
    expect(named.map(({ scenario }) => scenario.target.driver)).toEqual(["kafka", "redis-list"]);
  });

  it("is told all its mistakes at once, each where it stands", () => {
    const text = `name: n\nload: { rate: fast }\ntargets: [one, twoo, { name: a, driver: b, hst: local }, one]\nvary: { load.payload: [big, 1KiB], load.x.y: 3 }\nreference: nobody\n`;
    expect(problemsOf(text.replace(", hst: local", ""))).toBe(
      [
        'c.yaml:2:15: load.rate: expected a rate such as "500/s", got "fast"',
        "  hint: write the unit; a bare 500 could mean per second or per minute",
        'c.yaml:3:10: targets: two targets are called "one"',
        "  hint: each needs a name of its own: { name: a, driver: ... }",
        'c.yaml:3:16: targets: no target is called "twoo"',
        '  hint: did you mean "two"?',
        "c.yaml:4:46: vary.load.x.y: expected a list, got 3",
        'c.yaml:5:12: reference: "nobody" is none of the targets',
        "  hint: targets: one, a, one",
      ].join("\n"),
    );
    expect(problemsOf(text)).toContain("c.yaml:3:44: targets.2.hst: unknown key");
  });

  it("is told a mistake among the values that vary at that value", () => {
    const text = `${BASE}targets: [one]\nvary: { load.payload: [1KiB, big], load.rte: [1/s] }\n`;
    expect(problemsOf(text)).toMatch(/c\.yaml:4:30: load\.payload: expected a size/);
    expect(problemsOf(text)).toMatch(/c\.yaml:4:47: load\.rte: unknown key/);
  });

  it("is told a mistake of a catalogue's target in the catalogue", () => {
    const read = readCatalogue("targets:\n  a:\n    driver: x\n    host: moon\n", "mine.yaml");
    expect(formatProblems(read.problems)).toMatch(/^mine\.yaml:4:11: targets\.a\.host: expected/);
  });

  it("is not run as a scenario", () => {
    const parsed = parseScenario(`${BASE}targets: [one]\n`, "c.yaml");
    expect(parsed.ok ? "" : formatProblems(parsed.problems)).toMatch(
      /c\.yaml:3:1: targets: .*\n {2}hint: havoq compare/,
    );
  });
});
