import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { renderAnnotations } from "../../../reports/gate/annotations.js";
import { renderGateJunit } from "../../../reports/gate/junit.js";
import { renderGateMarkdown } from "../../../reports/gate/markdown.js";
import { renderGate } from "../../../reports/terminal/gate.js";
import type { GateResult } from "../../../src/gate/schema.js";
import { sampleGate } from "../../support/sample-gate.js";
import { junitShape } from "./junit-shape.js";

const GITHUB_STEP_BYTES = 2 ** 20;
const HOSTILE = 'x"]]><script>|`@team` \u0007 & <b> ]( http://x %0A::error::';

/** A gate in which everything that comes from a scenario or a broker tries to break out. */
const hostile = (): GateResult =>
  sampleGate({
    name: HOSTILE,
    thresholds: Array.from({ length: 400 }, () => ({
      metric: "lost",
      expression: HOSTILE,
      passed: false,
      counts: true,
      text: HOSTILE.repeat(100),
    })),
  });

function parse(xml: string) {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (name) => ["testsuite", "testcase"].includes(name),
  });
  return junitShape.parse(parser.parse(xml)).testsuites.testsuite[0];
}

describe("a gate on the terminal", () => {
  it("is what it always was", async () => {
    await expect(renderGate(sampleGate())).toMatchFileSnapshot("../../golden/terminal/gate.txt");
  });
});

describe("a gate as markdown", () => {
  it("is what it always was, the verdict first", async () => {
    const text = renderGateMarkdown(sampleGate());
    expect(text.split("\n")[0]).toContain("regression: checkout &lt;queue>");
    await expect(text).toMatchFileSnapshot("../../golden/gate/summary.md");
  });

  it("stays within GitHub's limits, and whatever a scenario says stays text", () => {
    const text = renderGateMarkdown(hostile());
    expect(Buffer.byteLength(text)).toBeLessThan(GITHUB_STEP_BYTES);
    expect(text).not.toMatch(/<script|<b>|@team/);
    expect(text).not.toMatch(/[^\\]`/);
  });
});

describe("a gate as JUnit", () => {
  it("is valid, with a testcase for delivery, each metric, threshold and expectation", () => {
    const suite = parse(renderGateJunit(sampleGate()));
    expect(suite?.testcase.map((each) => each["@name"])).toEqual([
      "delivery",
      "p50 of end-to-end",
      "tail of end-to-end",
      "goodput",
      "endToEnd p(99)<200ms",
      "lost == 0",
    ]);
    expect(suite).toMatchObject({ "@tests": "6", "@failures": "1", "@skipped": "1", "@errors": "0" });
  });

  it("skips what could not be told, with what could have been found", () => {
    const suite = parse(renderGateJunit(sampleGate()));
    const tail = suite?.testcase.find((each) => each["@name"] === "tail of end-to-end");
    expect(tail?.skipped?.["@message"]).toMatch(/minimum detectable change \+\d+/);
  });

  it("fails no metric when havoq was the bottleneck", () => {
    const gate = sampleGate({}, { generatorLimited: true, notes: ["late"] });
    expect(gate.verdict).toBe("inconclusive");
    expect(parse(renderGateJunit(gate))).toMatchObject({ "@failures": "0", "@skipped": "2" });
  });

  it("is valid whatever the texts are", () => {
    expect(parse(renderGateJunit(hostile()))?.testcase.length).toBe(405);
  });
});

describe("annotations", () => {
  const place = () => ({ file: "gate.yaml", line: 3 });

  it("name the file, the line and the reason", () => {
    const [first] = renderAnnotations(sampleGate(), place).split("\n");
    expect(first).toMatch(
      /^::error file=gate.yaml,line=3,title=havoq gate%3A regression%3A checkout <queue>%3A 10 pairs::p50/,
    );
    expect(first).toContain("floor 0.2 ms, 10 pairs");
  });

  it("point at the expectation that failed", () => {
    const failed = { metric: "lost", expression: "== 0", passed: false, counts: true, text: "lost 3 is not == 0" };
    const asked: (string | null)[] = [];
    renderAnnotations(sampleGate({}, { expectations: [failed] }), (metric) => {
      asked.push(metric);
      return place();
    });
    expect(asked[0]).toBe("lost");
  });

  it("can't be broken out of, and are at most ten", () => {
    const lines = renderAnnotations(hostile(), place).trimEnd().split("\n");
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(line).toMatch(/^::error file=gate.yaml,line=3,title=[^:,]*::[^\n]*$/);
  });

  it("are warnings when nothing could be told, and none for a pass", () => {
    const limited = sampleGate({}, { generatorLimited: true, notes: ["late"] });
    expect(renderAnnotations(limited, place)).toMatch(/^::warning /);
    expect(renderAnnotations({ ...sampleGate(), verdict: "pass" }, place)).toBe("");
  });
});
