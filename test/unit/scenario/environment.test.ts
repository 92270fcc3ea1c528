// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to environment variables are meant.
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { formatProblems } from "../../../src/input/problems.js";
import { parseComparison } from "../../../src/scenario/comparison.js";
import { readOptions } from "../../../src/scenario/environment.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import { knownSecrets } from "../../../src/secrets/known.js";
import { forRecord } from "../../../src/secrets/places.js";

afterEach(() => vi.unstubAllEnvs());

function scenarioOf(text: string, overlays: readonly string[] = []) {
  const result = parseScenario(text, "s.yaml", overlays);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.scenario;
}

function problemsOf(text: string, overlays: readonly string[] = []): string {
  const result = parseScenario(text, "s.yaml", overlays);
  return result.ok ? "" : formatProblems(result.problems);
}

const BASE = "name: n\ntarget: { driver: d }\n";

describe("an environment variable in a scenario", () => {
  it("stands for a part of a text, a duration, a rate, a number or a truth value", () => {
    vi.stubEnv("RATE", "250/s");
    vi.stubEnv("N", "3");
    vi.stubEnv("YES", "true");
    vi.stubEnv("WHO", "us");
    const scenario = scenarioOf(`name: "1"
question: "of \${WHO}?"
target: { driver: d }
load: { rate: "\${RATE}", producers: "\${N}" }
phases: { baseline: "\${SECONDS_:-7}s", chaos: 9s }
faults: [{ at: chaos, network: all, reset: "\${YES}", for: 1s }]
expect: { lost: "\${MOST:-0}" }
`);
    expect(scenario).toMatchObject({
      question: "of us?",
      load: { rate: 250, producers: 3 },
      phases: { baseline: 7000 },
      faults: [{ reset: true }],
      expect: [{ metric: "lost", value: { number: 0 } }],
    });
  });

  it("is a plain ${ where it is written with two dollars", () => {
    expect(scenarioOf(`name: "$\${A} costs $5"\ntarget: { driver: d }\nload: { rate: 1/s }\n`).name).toBe(
      "${A} costs $5",
    );
  });

  it("takes its default when it is not set or empty", () => {
    vi.stubEnv("EMPTY", "");
    const name = 'name: "${EMPTY:-a} ${UNSET:-b} ${UNSET:-}."';
    expect(scenarioOf(`${name}\ntarget: { driver: d }\nload: { rate: 1/s }\n`).name).toBe("a b .");
  });

  it("that is not set is an error with its place and nothing else about the value, all at once", () => {
    const text = `name: n\ntarget: { driver: d, host: external, url: "\${UNSET_1}" }\nload:\n  rate: \${UNSET_2}\n  payload: 5 pounds\n`;
    const problems = problemsOf(text);
    expect(problems).toMatch(
      /^s\.yaml:2:\d+: target\.url: the environment variable UNSET_1 is not set\n {2}hint: .*UNSET_1:-/,
    );
    expect(problems).toContain("s.yaml:4:9: load.rate: the environment variable UNSET_2 is not set");
    expect(problems).toContain("s.yaml:5:12: load.payload: ");
    expect(problems.match(/^s\.yaml/gm)).toHaveLength(3);
  });

  it("with a name that is none is an error with a hint", () => {
    expect(problemsOf(`${BASE}load: { rate: "\${1}" }\n`)).toMatch(
      /s\.yaml:3:\d+: load\.rate: expected \$\{NAME\}.*\n.*\$\$\{/,
    );
  });

  it("works in --set, which says so when it is not set", () => {
    vi.stubEnv("RATE", "9/s");
    expect(scenarioOf(`${BASE}load: { rate: 1/s }\n`, ["load.rate=${RATE}"]).load.rate).toBe(9);
    expect(problemsOf(`${BASE}load: { rate: 1/s }\n`, ["load.rate=${UNSET_}"])).toMatch(
      /^--set load\.rate=\$\{UNSET_\}: the environment variable UNSET_ is not set/,
    );
  });

  it("is written back by its name where a secret may stand, and its value is one", () => {
    vi.stubEnv("PW", "pa55word");
    vi.stubEnv("TOKEN", "tok-tok");
    const scenario = scenarioOf(`name: n
target:
  driver: d
  host: external
  url: "redis://:\${PW:-never-shown}@h:1"
  options: { key: "\${PW}" }
  external: { kill: "stop --now \${TOKEN}" }
load: { rate: 1/s }
`);
    expect(scenario.target.url).toBe("redis://:pa55word@h:1");
    expect(forRecord(scenario).target).toMatchObject({
      url: "redis://:${PW}@h:1",
      options: { key: "${PW}" },
      external: { kill: "stop *** ${TOKEN}" },
    });
    expect(knownSecrets.hide("refused pa55word and tok-tok")).toBe("refused ${PW} and ${TOKEN}");
  });

  it("may be a number of a driver's options, and stays a text where that is wanted", () => {
    vi.stubEnv("PREFETCH", "50");
    vi.stubEnv("DIGITS", "12345678");
    const { target } = scenarioOf(
      `name: n\ntarget: { driver: d, options: { prefetch: "\${PREFETCH}", password: "\${DIGITS}" } }\nload: { rate: 1/s }\n`,
    );
    const schema = z.strictObject({ prefetch: z.int(), password: z.string() });
    expect(readOptions(schema, target.options).data).toEqual({ prefetch: 50, password: "12345678" });
    expect(readOptions(schema, { prefetch: "7", password: "x" }).success).toBe(false);
  });

  it("works in the targets and the variations of a comparison", () => {
    vi.stubEnv("SIZE_", "2KiB");
    vi.stubEnv("ADDRESS", "redis://:pa55word@h:1");
    const text = `name: n
targets: [{ name: a, driver: d, host: external, url: "\${ADDRESS}" }]
vary: { load.payload: ["1KiB", "\${SIZE_}"], target.url: ["redis://:one@h", "redis://:two@h"] }
load: { rate: 1/s }
`;
    const request = { overlays: [], targets: undefined, reference: undefined, catalogue: new Map() };
    const result = parseComparison(text, "c.yaml", request);
    if (!result.ok) throw new Error(formatProblems(result.problems));
    expect(result.cells.map(({ name }) => name)).toEqual([
      "a payload=1KiB url=redis://:***@h (1)",
      "a payload=1KiB url=redis://:***@h (2)",
      "a payload=2KiB url=redis://:***@h (1)",
      "a payload=2KiB url=redis://:***@h (2)",
    ]);
  });
});
