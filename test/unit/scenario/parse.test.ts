import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseScenario } from "../../../src/scenario/parse.js";
import { initTemplate } from "../../../src/scenario/template.js";
import { MINIMAL, problemsOf, resolved } from "./helpers.js";

const NOT_WRITTEN = { image: undefined, limits: { cpu: null, memory: null }, external: {} };
const PLAIN = { arrivals: "even", keys: null, priorities: null };

describe("parseScenario", () => {
  it("fills in every default", () => {
    expect(resolved(MINIMAL)).toEqual({
      name: "n",
      question: undefined,
      target: { driver: "d", host: "auto", url: undefined, options: {}, broker: {}, ...NOT_WRITTEN },
      load: { ...PLAIN, rate: 500, payload: 1024, producers: 1, window: 256, confirmTimeout: 10_000 },
      workers: {
        processes: 1,
        concurrency: 8,
        handle: { kind: "constant", value: 0 },
        fail: { transient: 0, poison: 0 },
        restart: 500,
        command: undefined,
      },
      phases: { warmup: 2000, baseline: 5000, chaos: 0, recovery: 0, drain: "auto" },
      faults: [],
      expect: [],
      seed: 1,
      runs: 1,
    });
  });

  it("resolves what is written", () => {
    const scenario = resolved(`
name: worker-crash
question: Does a crashed worker lose messages?
target: { driver: redis-list, host: external, url: "redis://h:1", options: { consume: brpop }, broker: { appendonly: yes } }
load: { rate: closed, payload: 10KB, producers: 2, window: 1, confirmTimeout: 1min }
workers: { processes: 4, handle: "uniform(1ms, 10ms)", fail: { poison: 1% }, restart: never, command: [node, w.js] }
phases: { warmup: 5s, drain: 30s }
seed: 42
runs: 3
`);
    expect(scenario.target).toEqual({
      ...NOT_WRITTEN,
      driver: "redis-list",
      host: "external",
      url: "redis://h:1",
      options: { consume: "brpop" },
      // YAML 1.2: `yes` is a string.
      broker: { appendonly: "yes" },
    });
    expect(scenario.load).toEqual({
      ...PLAIN,
      rate: "closed",
      payload: 10_000,
      producers: 2,
      window: 1,
      confirmTimeout: 60_000,
    });
    expect(scenario.workers).toMatchObject({
      handle: { kind: "uniform", min: 1, max: 10 },
      fail: { transient: 0, poison: 0.01 },
      restart: "never",
      command: ["node", "w.js"],
    });
    expect(scenario.phases).toMatchObject({ warmup: 5000, drain: 30_000 });
    expect([scenario.seed, scenario.runs]).toEqual([42, 3]);
  });

  it.each([
    ["exponential(5ms)", { kind: "exponential", mean: 5 }],
    ["normal(5ms, 1ms)", { kind: "normal", mean: 5, deviation: 1 }],
    ["250us", { kind: "constant", value: 0.25 }],
  ])("reads the handling time %s", (handle, expected) => {
    expect(resolved(`${MINIMAL}workers: { handle: "${handle}" }`).workers.handle).toEqual(expected);
  });

  it("follows anchors", () => {
    const text = "name: n\ntarget: { driver: &d redis }\nload: { rate: 1/s }\nquestion: *d\n";
    expect(resolved(text).question).toBe("redis");
  });

  it("parses its own template", () => {
    expect(problemsOf(initTemplate())).toBe("");
  });

  it("never throws, and gives problems for what isn't a scenario", () => {
    const yaml = fc.stringMatching(/^[a-z0-9:{}[\]&*!|>'"%@,#?<=.+ \n-]*$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), yaml), fc.array(fc.string()), (text, overlays) => {
        const result = parseScenario(text, "f.yaml", overlays);
        expect(result.ok || result.problems.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    "load.rate",
    "load.payload",
    "workers.fail",
    "workers.handle",
    "faults.0.at",
    "expect.lost",
    "phases.drain",
  ])("takes no key called toString in %s for text", (path) => {
    expect(parseScenario(initTemplate(), "f.yaml", [`${path}={"toString":0}`]).ok).toBe(false);
  });

  it("never throws for a good scenario with something else in any place", () => {
    const keys = ["name", "target", "load", "workers", "phases", "faults", "expect", "seed", "runs", "__proto__"];
    const paths = fc.constantFrom(
      ...keys,
      "load.rate",
      "workers.fail",
      "faults.0",
      "faults.0.at",
      "expect.lost",
      "target.options",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(paths, fc.json()), { maxLength: 4 }), (pairs) => {
        parseScenario(
          initTemplate(),
          "f.yaml",
          pairs.map(([path, value]) => `${path}=${value}`),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("mistakes in values", () => {
  it("names file, line, column, path, what was expected and a hint", () => {
    expect(problemsOf("name: n\ntarget: { driver: d }\nload:\n  rate: fast\n")).toBe(
      'a.yaml:4:9: load.rate: expected a rate such as "500/s", got "fast"\n' +
        "  hint: write the unit; a bare 500 could mean per second or per minute",
    );
  });

  it("points at the parent of what is missing", () => {
    expect(problemsOf("name: n\ntarget: { driver: d }\nload:\n  window: 3\n")).toBe(
      'a.yaml:3:1: load.rate: missing; expected a rate such as "500/s"',
    );
    expect(problemsOf("target: { driver: d }\nload: { rate: 1/s }\n")).toBe(
      "a.yaml:1:1: name: missing; expected a string",
    );
  });

  it("points at an unknown key and says which was meant", () => {
    expect(problemsOf(`${MINIMAL}workers: { procesess: 2 }`)).toBe(
      'a.yaml:4:12: workers.procesess: unknown key\n  hint: did you mean "processes"?',
    );
    expect(problemsOf(`${MINIMAL}xyz: 1`)).toContain("hint: keys: name, question, target");
  });

  it.each([
    ["name: 12", 'name: expected a string, got 12\n  hint: write it in quotes: "12"'],
    ["name: ''", 'name: expected at least 1 character, got ""'],
    [`name: ${"x".repeat(201)}`, "name: expected at most 200 characters"],
    ["seed: 1.5", "seed: expected a whole number of at least 0, got 1.5"],
    ["runs: 0", "runs: expected a whole number of at least 1, got 0"],
    ["load: { rate: 1/s, payload: 8B }", 'load.payload: expected at least 32B, got "8B"'],
    ["load: [1]", "load: expected a map, got a list"],
    ["load:", "load: expected a map, got nothing\n  hint: give it a value, or remove the key"],
    ["workers: { command: [] }", "workers.command: expected at least 1 element, got a list"],
    ["workers: { command: node }", 'workers.command: expected a list, got "node"'],
    ["workers: { fail: 3 }", "workers.fail: expected a share such as"],
    ["workers: { fail: { poison: 3 } }", "workers.fail.poison: expected a share such as"],
    ["workers: { fail: { poisn: 3% } }", 'workers.fail.poisn: unknown key\n  hint: did you mean "poison"?'],
    ["workers: { restart: no }", 'workers.restart: expected a duration such as "5ms" or "never", got "no"'],
    ["workers: { handle: uniform(1ms, 2ms) }", "hint: within { } a text with a comma needs quotes"],
    ['workers: { handle: "uniform(3ms, 2ms)" }', "expected uniform(min, max) with min below max"],
    ['workers: { handle: "normal(3ms)" }', "workers.handle: expected a duration"],
    ['workers: { handle: "normal(3, 1ms)" }', 'in normal(...): expected a duration such as "5ms", got "3"'],
    ["target: { driver: d, host: extrenal }", 'target.host: expected "auto" or "embedded" or "local" or "container"'],
    ["target: { driver: d, host: extrenal }", 'hint: did you mean "external"?'],
    ["target: { driver: d, host: external }", "target.url: missing; expected the address of the broker"],
    ['target: { driver: d, url: "redis://x" }', "target.url: means nothing for host: auto"],
    ["target: { driver: d, host: local, image: x }", "target.image: means nothing for host: local"],
    ["target: { driver: d, host: embedded, limits: { cpu: 1 } }", "target.limits: means nothing for host: embedded"],
    ["target: { driver: d, external: { kill: x } }", "target.external: means nothing for host: auto"],
    ["target: { driver: d, limits: { cpu: 0 } }", "target.limits.cpu: expected a number of cores of at least 0.01"],
    ["phases: { warmup: 0s, baseline: 0s }", "phases: no phase has a length"],
    ["phases: { drain: soon }", 'phases.drain: expected a duration such as "5ms" or "auto", got "soon"'],
  ])("refuses %s", (line, expected) => {
    const key = line.slice(0, line.indexOf(":"));
    const others = MINIMAL.split("\n").filter((each) => !each.startsWith(`${key}:`));
    expect(problemsOf(`${others.join("\n")}${line}\n`)).toContain(expected);
  });

  it("shows no control characters of a file", () => {
    expect(problemsOf(`${MINIMAL}"\\e[31mred": 1\nquestion: ["\\e[0m"]\n`)).not.toContain("\u001b");
  });
});

describe("mistakes in YAML", () => {
  it.each([
    ["name: [1\n", "a.yaml:2:1: not valid YAML: flow sequence"],
    ["name: a\nname: b\n", 'a.yaml:2:1: the key "name" is there twice'],
    ["a: b: c\n", "hint: a text with a colon needs quotes"],
    ["expect:\n  goodput: >= 5/s\n", 'hint: write a comparison in quotes: ">= 500/s"'],
    ["a: *nowhere\n", "a.yaml:1:1: not valid YAML: unresolved alias"],
    [
      "a: 1\n---\nb: 1\n",
      "a.yaml:2:1: a second document begins here; expected one scenario in a file\n  hint: write it into",
    ],
    ["", "a.yaml:1:1: expected a map, got nothing"],
    ["just text", 'a.yaml:1:1: expected a map, got "just text"'],
  ])("points at %j", (text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });

  it("refuses aliases that explode", () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    expect(problemsOf(`l0: &l0 [x]\n${levels.join("\n")}\n`)).toContain("more than 100 aliases");
  });
});
