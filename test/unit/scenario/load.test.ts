import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadDriver } from "../../../drivers/index.js";
import { formatProblems, located } from "../../../src/input/problems.js";
import { checkAttributes } from "../../../src/scenario/capabilities.js";
import { readLoadFiles } from "../../../src/scenario/load-files.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import { traitsOf } from "../../support/traits.js";
import { problemsOf, resolved } from "./helpers.js";

const withLoad = (load: string) =>
  `name: n\ntarget: { driver: d }\nload: ${load}\nphases: { warmup: 1s, baseline: 10s, chaos: 10s }\n`;

describe("a rate that changes", () => {
  it("has its moments resolved to times from the start of the load", () => {
    const spike = "{ rate: { kind: spike, base: 0/s, peak: 1k/s, at: chaos+2s, for: 1s }, arrivals: poisson }";
    expect(resolved(withLoad(spike)).load).toMatchObject({
      rate: { kind: "spike", base: 0, peak: 1000, at: 13_000, for: 1000, repeat: { times: 1, every: 0 } },
      arrivals: "poisson",
    });
    expect(resolved(withLoad("{ rate: { kind: ramp, from: 1/s, to: 9/s, over: 10s } }")).load.rate).toMatchObject({
      at: 0,
    });
  });

  it.each([
    [
      "{ rate: { kind: rmap, from: 1/s } }",
      'load.rate.kind: expected "ramp" or "step" or "spike" or "sine" or "trace", got "rmap"',
    ],
    ["{ rate: { from: 1/s, to: 2/s } }", 'load.rate.kind: missing; expected "ramp" or'],
    ["{ rate: { kind: ramp, from: 1/s, over: 5s } }", "load.rate.to: missing; expected a rate"],
    [
      "{ rate: { kind: ramp, from: 1/s, to: 2/s, ovr: 5s } }",
      'load.rate.ovr: unknown key\n  hint: did you mean "over"?',
    ],
    ["{ rate: { kind: ramp, from: 0/s, to: 0/s, over: 5s } }", "load.rate.to: nothing would be sent at all"],
    [
      "{ rate: { kind: ramp, from: 1/s, to: 2/s, over: 5s, at: crash.end } }",
      'load.rate.at: expected a phase and a time such as "chaos+2s"',
    ],
    [
      "{ rate: { kind: spike, base: 1/s, peak: 2/s, for: 5s, at: chaos+10s } }",
      "load.rate.at: the spike would begin after 21s, but the load is over after 21s",
    ],
    [
      "{ rate: { kind: spike, base: 1/s, peak: 2/s, for: 5s, at: chaos, repeat: { times: 2, every: 5s } } }",
      "load.rate.repeat.every: the next spike would begin before",
    ],
    ["{ rate: { kind: spike, base: 1/s, peak: 2/s, for: 0s, at: chaos } }", "load.rate.for: a spike of no length"],
    [
      "{ rate: { kind: sine, mean: 5/s, amplitude: 6/s, period: 5s } }",
      "load.rate.amplitude: the rate would fall below 0",
    ],
    [
      "{ rate: { kind: step, from: 5/s, to: 6/s, steps: 1, every: 5s } }",
      "load.rate.steps: expected a number of levels of at least 2",
    ],
    ["{ rate: closed, arrivals: poisson }", "load.arrivals: a closed load has no arrivals of its own"],
    ["{ rate: { kind: trace, file: a }, arrivals: poisson }", "load.arrivals: a trace has its own arrivals"],
    ["{ rate: 5/s, arrivals: random }", 'load.arrivals: expected "even" or "poisson"'],
  ])("is refused with a reason: %s", (load, problem) => {
    expect(problemsOf(withLoad(load))).toContain(problem);
  });
});

describe("what messages are like", () => {
  it.each([
    ["{ rate: 1/s, payload: {} }", "load.payload: missing; expected a size or a file"],
    ["{ rate: 1/s, payload: [{ size: 1KiB, file: a }] }", "load.payload.0.file: goes without size"],
    ["{ rate: 1/s, payload: { file: a, entropy: text } }", "load.payload.entropy: goes without file"],
    [
      "{ rate: 1/s, payload: [{ size: 1KiB, wieght: 2 }] }",
      'load.payload.0.wieght: unknown key\n  hint: did you mean "weight"?',
    ],
    ["{ rate: 1/s, payload: [{ size: 1KiB, weight: 0 }] }", "load.payload.0.weight: expected a weight above 0, got 0"],
    [
      "{ rate: 1/s, payload: { size: 1KiB, entropy: noise } }",
      'load.payload.entropy: expected "random", "text", "zero" or the share',
    ],
    ["{ rate: 1/s, payload: { size: 8B } }", 'load.payload.size: expected at least 32B, got "8B"'],
    ["{ rate: 1/s, keys: { count: 0 } }", "load.keys.count: expected a number of keys from 1 to 1000000, got 0"],
    ["{ rate: 1/s, keys: { count: 5, exponent: 2 } }", "load.keys.exponent: only zipf has an exponent"],
    [
      "{ rate: 1/s, priorities: [{ priority: 300 }] }",
      "load.priorities.0.priority: expected a priority from 0 to 255, got 300",
    ],
  ])("is refused with a reason: %s", (load, problem) => {
    expect(problemsOf(withLoad(load))).toContain(problem);
  });

  it("is resolved with its defaults", () => {
    const load =
      "{ rate: 1/s, payload: { size: 1KiB }, keys: { count: 5, distribution: zipf }, priorities: [{ priority: 3 }] }";
    expect(resolved(withLoad(load)).load).toMatchObject({
      payload: [{ size: 1024, entropy: "random", weight: 1 }],
      keys: { count: 5, distribution: "zipf", exponent: 1 },
      priorities: [{ priority: 3, weight: 1 }],
    });
  });

  it.each([
    [
      "sqs",
      "keys: { count: 2 }",
      {},
      "load.keys: driver sqs has no keys with these options\n  hint: message groups need target.options.fifo: true",
    ],
    [
      "redis-streams",
      "keys: { count: 2 }",
      {},
      "load.keys: driver redis-streams has no keys with these options\n  hint: leave load.keys out",
    ],
    ["kafka", "keys: { count: 2 }", {}, ""],
    ["sqs", "keys: { count: 2 }", { fifo: true }, ""],
    [
      "rabbitmq",
      "priorities: [{ priority: 1 }]",
      {},
      "load.priorities: driver rabbitmq has no priorities with these options\n  hint: a queue has",
    ],
    [
      "rabbitmq",
      "priorities: [{ priority: 9 }]",
      { maxPriority: 5 },
      "load.priorities.0.priority: the highest priority with these options is 5, got 9",
    ],
    ["postgres", "priorities: [{ priority: 9 }]", { priorities: true }, ""],
    ["bullmq", "priorities: [{ priority: 9 }]", {}, ""],
  ])("is refused of a driver that does not honour it: %s, %s, %o", async (name, more, options, problem) => {
    const driver = await loadDriver(name);
    const parsed = parseScenario(withLoad(`{ rate: 1/s, ${more} }`), "a.yaml");
    if (!parsed.ok) throw new Error(formatProblems(parsed.problems));
    const findings = checkAttributes(parsed.scenario, driver, traitsOf(driver, options));
    const text = formatProblems(located(findings, parsed.locate));
    if (problem === "") expect(text).toBe("");
    else expect(text).toContain(problem);
  });
});

describe("a trace", () => {
  const folder = mkdtempSync(join(tmpdir(), "havoq-trace-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "s.yaml");

  function read(trace: string | null, unit = "s") {
    if (trace !== null) writeFileSync(join(folder, "t.txt"), trace);
    const parsed = parseScenario(
      withLoad(`{ rate: { kind: trace, file: ${trace === null ? "none" : "t"}.txt, unit: ${unit} } }`),
      file,
    );
    if (!parsed.ok) throw new Error(formatProblems(parsed.problems));
    const { scenario, problems } = readLoadFiles(parsed.scenario, file, parsed.locate);
    return { rate: scenario.load.rate, text: formatProblems(problems).replaceAll(`${folder}/`, "") };
  }

  it("is read from the scenario's folder, and counts from its first time", () => {
    expect(read("# from the log\n1700000000.5\n\n1700000000.75\n1700000000.75\r\n1700000002\n").rate).toMatchObject({
      timesNs: [0, 0.25e9, 0.25e9, 1.5e9],
    });
    expect(read("10\n12.5\n", "ms").rate).toMatchObject({ timesNs: [0, 2.5e6] });
  });

  it("is found like the files of payloads, whose paths are absolute from then on", () => {
    writeFileSync(join(folder, "order.json"), "{}");
    const payload = "[{ file: order.json, weight: 2 }, { size: 1KiB }, { file: none.json }]";
    const parsed = parseScenario(withLoad(`{ rate: 1/s, payload: ${payload} }`), file);
    if (!parsed.ok) throw new Error(formatProblems(parsed.problems));
    const { scenario, problems } = readLoadFiles(parsed.scenario, file, parsed.locate);
    expect(scenario.load.payload).toMatchObject([{ file: join(folder, "order.json"), weight: 2 }, { size: 1024 }, {}]);
    expect(problems).toMatchObject([{ path: "load.payload.2.file", message: '"none.json": no such file' }]);
  });

  it("tells each line that is wrong", () => {
    expect(read("1\n  2026-01-01\n3\n2.5\n-1\n").text).toBe(
      't.txt:2:3: expected a time in s, got "2026-01-01"\n  hint: one number a line; # begins a comment\n' +
        "t.txt:4:1: 2.5 is earlier than the time before it\n  hint: sort the file: sort -n\n" +
        't.txt:5:1: expected a time in s, got "-1"\n  hint: one number a line; # begins a comment',
    );
    expect(read("# nothing\n").text).toBe("t.txt:1:1: there is no time in it");
    expect(read(null).text).toMatch(
      /^s\.yaml:3:36: load\.rate\.file: "none\.txt": no such file\n {2}hint: looked for /,
    );
  });
});
