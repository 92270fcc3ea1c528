import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { isMap } from "../../../src/input/parsed.js";
import { scenarioJsonSchema } from "../../../src/scenario/comparison-schema.js";
import { initTemplate } from "../../../src/scenario/template.js";
import { MINIMAL, problemsOf, withFaults } from "./helpers.js";

const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  scenarioJsonSchema(),
);

const CRASH = `
name: worker-crash
question: Does a crashed worker lose messages that were popped from a Redis list?
target: { driver: redis-list, host: auto, options: { consume: brpop }, broker: { appendonly: yes } }
load: { rate: 2000/s, payload: 1KiB, producers: 2, window: 256, confirmTimeout: 10s }
workers: { processes: 4, concurrency: 8, handle: 5ms, fail: 1%, restart: 500ms }
phases: { warmup: 5s, baseline: 10s, chaos: 20s, recovery: 10s, drain: auto }
faults:
  - { id: crash, at: chaos+2s, kill: worker, which: random, repeat: { times: 5, every: 3s } }
  - { id: slow, at: chaos+18s, network: producers, latency: 80ms, jitter: 20ms, for: 5s }
expect: { lost: 0, stuck: 0, phantom: 0, duplicates: "<= 0.1%", "endToEnd.p99": "<= 250ms", "lost ": "== crash.undelivered" }
seed: 42
runs: 1
`;

const load = (text: string) => `name: n\ntarget: { driver: d }\nload: ${text}\n`;

const GOOD = [
  CRASH,
  initTemplate(),
  MINIMAL,
  withFaults("at: chaos, kill: broker", "id: a, at: kill1.end + 2s, slow: worker, by: 50ms, for: 1s"),
  withFaults("at: chaos+2s, network: all, cut: { afterBytes: 1KiB }", "at: chaos, network: all, latency: 5ms, for: 1s"),
  withFaults("at: chaos, kill: worker, which: 0, repeat: { times: 5, every: 3s }"),
  `${MINIMAL}workers: { fail: 1%, handle: "normal(5ms, 1ms)", restart: never, command: [a, b] }\n`,
  `${MINIMAL}workers: { fail: { transient: 0.01, poison: 1% } }\nphases: { drain: 5s }\n`,
  `${MINIMAL}expect: { lost: 0, "lost ": "== sent", goodput: [">= 5/s", "< 1k/s"], "publish.p50@baseline": "<= 2ms" }\n`,
  "name: n\ntarget: { driver: d, host: external, url: u, options: { a: [1] } }\nload: { rate: closed }\n",
  load("{ rate: { kind: ramp, from: 0/s, to: 1k/s, over: 30s, at: warmup+1s }, arrivals: poisson }"),
  load("{ rate: { kind: step, from: 10/s, to: 50/s, steps: 5, every: 10s } }"),
  load("{ rate: { kind: spike, base: 10/s, peak: 50/s, at: warmup, for: 1s, repeat: { times: 2, every: 2s } } }"),
  load("{ rate: { kind: sine, mean: 10/s, amplitude: 5/s, period: 10s } }"),
  load("{ rate: { kind: trace, file: t.txt, unit: ms } }"),
  load("{ rate: 1/s, payload: { size: 1KiB, entropy: text }, keys: { count: 5 }, priorities: [{ priority: 0 }] }"),
  load("{ rate: 1/s, payload: [{ size: 1KiB, weight: 9, entropy: 0.5 }, { file: a.json }] }"),
  load("{ rate: 1/s, keys: { count: 5, distribution: zipf, exponent: 1.2 } }"),
];

const WRONG = [
  "name: n\n",
  `${MINIMAL}unknown: 1\n`,
  "name: n\ntarget: { driver: d }\nload: { rate: 500 }\n",
  "name: n\ntarget: { driver: d }\nload: { rate: fast }\n",
  load("{ rate: { kind: ramp, from: 10/s, to: 50/s } }"),
  load("{ rate: { kind: tent, from: 10/s, to: 50/s } }"),
  load("{ rate: 5/s, arrivals: random }"),
  load("{ rate: 5/s, payload: [] }"),
  load("{ rate: 5/s, payload: [{ size: 1KiB, weight: 0 }] }"),
  load("{ rate: 5/s, payload: { size: 1KiB, entropy: 2 } }"),
  load("{ rate: 5/s, keys: 5 }"),
  load("{ rate: 5/s, keys: { count: 0 } }"),
  load("{ rate: 5/s, priorities: [{ priority: 256 }] }"),
  `${MINIMAL}workers: { processes: 0 }\n`,
  `${MINIMAL}workers: { fail: 5% of all }\n`,
  `${MINIMAL}expect: { lost: 5ms }\n`,
  withFaults("at: chaos"),
  withFaults("at: chaos, kill: worker, stop: broker"),
  withFaults("at: chaos, pause: broker"),
  withFaults("at: chaos+2, kill: broker"),
];

describe("the JSON Schema of a scenario", () => {
  it.each(GOOD)("accepts what the parser accepts (%#)", (text) => {
    expect(problemsOf(text)).toBe("");
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each(WRONG)("refuses what the parser refuses (%#)", (text) => {
    expect(problemsOf(text)).not.toBe("");
    expect(validate(parse(text))).toBe(false);
  });

  it("describes every key", () => {
    const undescribed: string[] = [];
    const visit = (schema: unknown, path: string) => {
      if (Array.isArray(schema)) return schema.forEach((each) => void visit(each, path));
      if (!isMap(schema)) return;
      for (const [key, value] of Object.entries(isMap(schema["properties"]) ? schema["properties"] : {})) {
        if (!isMap(value) || typeof value["description"] !== "string") undescribed.push(`${path}.${key}`);
        visit(value, `${path}.${key}`);
      }
      for (const nested of ["items", "anyOf", "additionalProperties"]) visit(schema[nested], path);
    };
    visit(scenarioJsonSchema(), "");
    expect(undescribed).toEqual([]);
  });
});
