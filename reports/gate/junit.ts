/** A gate as JUnit XML, the format of Ant and Jenkins: a testcase for each metric, threshold, expectation, and delivery. */

import type { GateResult } from "../../src/gate/schema.js";
import { formatChange } from "../../src/gate/words.js";

interface Case {
  readonly name: string;
  readonly outcome: "passed" | "failure" | "skipped";
  readonly message: string;
}

/** Renders a gate's result as one test suite. An inconclusive metric is skipped, with what could have been found. */
export function renderGateJunit(gate: GateResult): string {
  const cases = casesOf(gate);
  const count = (outcome: Case["outcome"]) => cases.filter((each) => each.outcome === outcome).length;
  const seconds = gate.durationSeconds.toFixed(3);
  const suite = attributes({
    id: 0,
    package: "havoq",
    name: `havoq gate: ${gate.name}`,
    tests: cases.length,
    failures: count("failure"),
    errors: 0,
    skipped: count("skipped"),
    time: seconds,
    timestamp: gate.startedAt.slice(0, 19),
    hostname: "localhost",
  });
  const lines = cases.map((each) => renderCase(each, gate));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite ${suite}>`,
    "    <properties/>",
    ...lines,
    `    <system-out>${escaped(gate.reasons.join("\n"))}</system-out>`,
    "    <system-err/>",
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function casesOf(gate: GateResult): Case[] {
  return [
    deliveryCase(gate),
    ...gate.metrics.map((metric) => metricCase(metric, gate)),
    ...[...gate.thresholds, ...gate.expectations].map(
      ({ metric, expression, passed, text }): Case => ({
        name: `${metric} ${expression}`,
        outcome: passed ? "passed" : "failure",
        message: text,
      }),
    ),
  ];
}

function deliveryCase({ deliveryFindings }: GateResult): Case {
  const failed = deliveryFindings.length > 0;
  return { name: "delivery", outcome: failed ? "failure" : "passed", message: deliveryFindings.join("; ") };
}

/** When the gate as a whole could not tell, for the generator's sake, neither can any of its metrics. */
function metricCase(metric: GateResult["metrics"][number], { verdict, reasons }: GateResult): Case {
  const { label: name, text, minimumDetectableChange: least } = metric;
  const unsure = verdict === "inconclusive" && metric.verdict === "regression";
  if (unsure) return { name, outcome: "skipped", message: reasons.join("; ") };
  if (metric.verdict === "regression") return { name, outcome: "failure", message: text };
  if (metric.verdict !== "inconclusive") return { name, outcome: "passed", message: text };
  const detectable = least === null ? "nothing could be found" : `minimum detectable change ${formatChange(least)}`;
  return { name, outcome: "skipped", message: `${text}; ${detectable}` };
}

function renderCase({ name, outcome, message }: Case, gate: GateResult): string {
  const head = `    <testcase ${attributes({ name, classname: `havoq.${gate.name}`, time: "0" })}`;
  if (outcome === "passed") return `${head}/>`;
  const detail =
    outcome === "failure"
      ? `<failure ${attributes({ message, type: "regression" })}>${escaped(message)}</failure>`
      : `<skipped ${attributes({ message })}/>`;
  return `${head}>\n      ${detail}\n    </testcase>`;
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join(" ");

/** What XML 1.0 can't hold, even as a reference. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const escaped = (text: string): string =>
  text
    .replaceAll(FORBIDDEN, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
