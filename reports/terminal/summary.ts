/** The end of a run on one screen: the verdict first. */

import { caveat, missing, otherwise } from "../../src/result/evidence.js";
import { faultError } from "../../src/result/faults.js";
import { formatCount, formatNs } from "../../src/result/format.js";
import type { Evidence, FaultResult, Resilience, RunResult } from "../../src/result-schema.js";
import { NS_PER_S } from "../../src/units.js";

/** How parts of the text are set off; plain functions where the terminal has no colour. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const plain = (text: string): string => text;
/** No colours. */
export const plainStyle: Style = { good: plain, bad: plain, warn: plain, dim: plain, bold: plain };

/** Renders a result for a terminal of about 100 columns. */
export function renderSummary(result: RunResult, style: Style = plainStyle): string {
  const sections = [
    [...verdictLines(result, style), ...missingLines(result, style)],
    expectationLines(result, style),
    evidenceLines(result),
    noteLines(result, style),
    deliveryLines(result),
    errorLines(result),
    latencyLines(result),
    faultLines(result, style),
    targetLines(result, style),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function verdictLines(result: RunResult, style: Style): string[] {
  const { verdict, scenario, expectations, run } = result;
  const failed = expectations.filter(({ passed }) => !passed).length;
  const count = expectations.length;
  const word = {
    pass: style.good("PASS"),
    fail: style.bad("FAIL"),
    inconclusive: style.warn("INCONCLUSIVE"),
  }[verdict];
  const held =
    count === 0
      ? "nothing was expected"
      : failed === 0
        ? `${count} of ${count} expectations held`
        : `${failed} of ${count} expectations failed`;
  const lines = [
    `${word}${style.warn(caveat(result))}  ${style.bold(scenario.name)}: ${held}${run.interrupted ? " (partial: the run was cut short)" : ""}`,
  ];
  if (scenario.question !== undefined) lines.push(style.dim(scenario.question));
  return lines;
}

/** What a verdict lacks, before all that was measured. */
function missingLines(result: RunResult, style: Style): string[] {
  return missing(result).map((each) => `  ${style.warn("unproven")}   ${otherwise(each)}`);
}

const CLAIM_WORDS: Readonly<Record<Evidence["claim"], string>> = {
  "the run came to its end": "run ended",
  "messages were acked and handled": "messages acked and handled",
  "the whole load was sent": "whole load sent",
  "every fault was injected": "faults injected",
  "every fault came on time": "faults on time",
  "every fault was healed": "faults healed",
  "only faults broke the broker": "broker watched",
  "only faults ended producers and workers": "processes watched",
  "every agent's counters equal its records": "counters equal records",
  "what became of every message is known": "fates known",
  "havoq kept up": "havoq kept up",
};
const CLAIMS_A_LINE = 6;

/** What the verdict rests on and was observed. */
function evidenceLines({ evidence }: RunResult): string[] {
  const held = evidence.filter((each) => each.held).map(({ claim }) => CLAIM_WORDS[claim]);
  const lines = [held.slice(0, CLAIMS_A_LINE), held.slice(CLAIMS_A_LINE)].filter((part) => part.length > 0);
  const head = `  evidence   ${held.length} of ${evidence.length}: `;
  return lines.map((part, at) => `${at === 0 ? head : " ".repeat(head.length)}${part.join(", ")}`);
}

function expectationLines({ expectations }: RunResult, style: Style): string[] {
  return expectations.map(({ passed, text }) => `  ${passed ? style.good("ok  ") : style.bad("FAIL")} ${text}`);
}

function noteLines({ run, health }: RunResult, style: Style): string[] {
  const notes = run.notes.map((note) => `  ${style.warn("note")} ${note}`);
  if (health.verdict === "ok" || health.verdict === "generator-limited") return notes;
  return [...notes, ...health.reasons.map((reason) => `  ${style.warn(health.verdict)} ${reason}`)];
}

function deliveryLines({ delivery: d, throughput }: RunResult): string[] {
  const duplicates = d.duplicates.redelivered + d.duplicates.producedTwice;
  const { ready, inFlight, deadLettered } = d.leftover;
  const leftover = ready + inFlight + deadLettered;
  return [
    `  messages   sent ${formatCount(d.sent)} = acked ${formatCount(d.acked)} + rejected ${formatCount(d.rejected)} + indeterminate ${formatCount(d.indeterminate)}`,
    `             acked = ok ${formatCount(d.ok)} + dead-lettered ${formatCount(d.deadLettered)} + backlog ${formatCount(d.backlog)} + stuck ${formatCount(d.stuck)} + lost ${formatCount(d.lost)} + unseen ${formatCount(d.unseen)}`,
    `             lost in handler ${formatCount(d.lostInHandler)}, before handler ${formatCount(d.lostBeforeHandler)}; duplicates ${formatCount(duplicates)}; reordered ${formatCount(d.reordered)}; phantom ${formatCount(d.phantom)}; corrupt ${formatCount(d.corrupt)}`,
    ...(leftover > 0
      ? [
          `             completed and still in the system ${formatCount(leftover)}: ready ${formatCount(ready)}, in flight ${formatCount(inFlight)}, dead-lettered ${formatCount(deadLettered)}`,
        ]
      : []),
    `  per second offered ${formatCount(throughput.offeredPerSecond)}, acked ${formatCount(throughput.ackedPerSecond)}, completed ${formatCount(throughput.goodputPerSecond)}`,
  ];
}

const ERRORS_SHOWN = 3;
const ERROR_WIDTH = 80;

/** What clients were told most often: why something is missing is often said there. */
function errorLines({ errors }: RunResult): string[] {
  const sorted = [...errors].sort((a, b) => b.count - a.count);
  const lines = sorted.slice(0, ERRORS_SHOWN).map(({ text, count, role }) => {
    const line = text.replaceAll(/\s+/g, " ");
    const short = line.length > ERROR_WIDTH ? `${line.slice(0, ERROR_WIDTH - 1)}…` : line;
    return `${formatCount(count)} x ${short} (${role})`;
  });
  const more = sorted.length - lines.length;
  if (more > 0) lines.push(`and ${more} more, in result.json`);
  return lines.map((line, index) => `  ${(index === 0 ? "errors" : "").padEnd(11)}${line}`);
}

function latencyLines({ latency, priorities = [] }: RunResult): string[] {
  const rows = [
    ["publish", latency.publish.whole, "due -> confirmed"],
    ["end to end", latency.endToEnd.whole, "due -> first delivery"],
    ...priorities.map(({ priority, endToEnd }) => [" priority", endToEnd, `of priority ${priority}`] as const),
    ["handle", latency.handle.whole, "delivery -> settled"],
  ] as const;
  const cell = (text: string) => text.padStart(10);
  const head = `  ${"latency".padEnd(11)}${["p50", "p90", "p99", "p99.9", "max"].map(cell).join("")}`;
  return [
    head,
    ...rows.map(([name, s, what]) => {
      const values = s.count === 0 ? Array(5).fill("-") : [s.p50, s.p90, s.p99, s.p999, s.max].map(formatNs);
      return `  ${name.padEnd(11)}${values.map(cell).join("")}   ${what}`;
    }),
  ];
}

function faultLines({ faults }: RunResult, style: Style): string[] {
  return faults.map((fault) => {
    const at = `${(fault.requestedNs / NS_PER_S).toFixed(1)} s`;
    const error = faultError(fault);
    const wrong = [error, fault.doubt].filter((text) => text !== null).map((text) => `; ${style.bad(text)}`);
    const what = fault.confirmedNs === null ? style.bad(error ?? "") : `${fault.description}${wrong.join("")}`;
    return `  fault ${fault.id}#${fault.occurrence} at ${at}: ${what}${fault.confirmedNs === null ? "" : faultFigures(fault)}`;
  });
}

function faultFigures({ resilience: r, undelivered, inFlight }: FaultResult): string {
  const open = `; open ${formatCount(undelivered)} undelivered, ${formatCount(inFlight)} in handlers`;
  if (!r) return open;
  const silent = r.unavailableNs ? `, silent ${formatNs(r.unavailableNs)}` : "";
  return `${open}; ${recoveryWords(r)}${silent}`;
}

function recoveryWords(r: Resilience): string {
  if (r.onsetNs === null) return r.timeToRecoverNs === null ? "too few messages to tell a dip from chance" : "no dip";
  if (r.timeToRecoverNs === null) return "not recovered before the next fault or the end";
  return `recovered after ${formatNs(r.timeToRecoverNs)}`;
}

function targetLines({ target, environment, health }: RunResult, style: Style): string[] {
  const version = target.brokerVersion === null ? "" : ` ${target.brokerVersion}`;
  const framework = target.framework === undefined ? "" : ` (${target.framework})`;
  const lines = [
    `${target.driver}${framework} on ${target.host}${version} (${target.durability}); ${environment.cores} x ${environment.cpuModel}`,
  ];
  if (health.proxyOverheadNs !== null)
    lines.push(`proxy on the path: +${formatNs(health.proxyOverheadNs)} a round trip`);
  return lines.map((line) => style.dim(`  ${line}`));
}
