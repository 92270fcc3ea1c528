/** Several runs in one table: what happened to the messages, how long they took, how soon they came back. */
import { caveat } from "../../src/result/evidence.js";
import { formatRecovery } from "../../src/result/faults.js";
import { formatCount, formatNs } from "../../src/result/format.js";
import type { RunResult } from "../../src/result-schema.js";
import { plainStyle, type Style } from "./summary.js";

type Row = readonly [label: string, cells: readonly string[]];

const NAME_WIDTH = 24;
const GAP = 2;

/** Renders runs beside each other, a column each, for a terminal; names that are too long are cut. */
export function renderSideBySide(results: readonly RunResult[], style: Style = plainStyle): string {
  const rows = [...deliveryRows(results), ...latencyRows(results), ...faultRows(results)];
  const head = results.map(({ scenario }) => cut(String(scenario["name"])));
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const widths = results.map((_, at) =>
    Math.max(...[head, ...rows.map(([, cells]) => cells)].map((line) => width(line[at]))),
  );
  const line = (label: string, cells: readonly string[]) =>
    `  ${label.padEnd(labelWidth)}${cells.map((cell, at) => cell.padStart((widths[at] ?? 0) + GAP)).join("")}`;
  return `${[style.bold(line("", head)), ...rows.map(([label, cells]) => line(label, cells))].join("\n")}\n`;
}

function deliveryRows(results: readonly RunResult[]): Row[] {
  const row = (label: string, pick: (delivery: RunResult["delivery"]) => number): Row => [
    label,
    results.map(({ delivery }) => formatCount(pick(delivery))),
  ];
  return [
    ["verdict", results.map((result) => `${result.verdict}${caveat(result)}`)],
    row("acked", ({ acked }) => acked),
    row("lost", ({ lost }) => lost),
    row("stuck", ({ stuck }) => stuck),
    row("dead-lettered", ({ deadLettered }) => deadLettered),
    row("unseen", ({ unseen }) => unseen),
    row("duplicates", ({ duplicates }) => duplicates.redelivered + duplicates.producedTwice),
    ["completed/s", results.map(({ throughput }) => formatCount(throughput.goodputPerSecond))],
  ];
}

function latencyRows(results: readonly RunResult[]): Row[] {
  const names = [
    ["publish", "publish"],
    ["end to end", "endToEnd"],
  ] as const;
  return names.flatMap(([label, name]): Row[] =>
    (["p50", "p99"] as const).map((percentile) => [
      `${label} ${percentile}`,
      results.map(({ latency }) => (latency[name].whole.count === 0 ? "-" : formatNs(latency[name].whole[percentile]))),
    ]),
  );
}

/** Time to recover of every fault that some run had, by name and occurrence. */
function faultRows(results: readonly RunResult[]): Row[] {
  const keyOf = ({ id, occurrence }: RunResult["faults"][number]) => `${id}#${occurrence}`;
  const keys = [...new Set(results.flatMap(({ faults }) => faults.map(keyOf)))];
  return keys.map((key) => [
    `${key} recovered`,
    results.map(({ faults }) => {
      const fault = faults.find((each) => keyOf(each) === key);
      if (fault?.confirmedNs === null) return "not injected";
      return fault?.resilience ? formatRecovery(fault.resilience) : "-";
    }),
  ]);
}

const width = (text: string | undefined): number => text?.length ?? 0;
const cut = (name: string): string => (name.length <= NAME_WIDTH ? name : `${name.slice(0, NAME_WIDTH - 1)}…`);
