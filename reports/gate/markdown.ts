/** A gate as markdown, for a step summary or a comment: the verdict first, details folded. */
import { deliveryLines, headline, METRIC_HEADS, metricCells, settingsLine } from "../../src/gate/rows.js";
import type { GateResult } from "../../src/gate/schema.js";
import { formatGateValue } from "../../src/gate/words.js";
import { text } from "../markdown/markdown.js";

/** GitHub takes 1 MiB a step; a comment takes 65,536 characters, and this is below both. */
const MOST_CHARACTERS = 60_000;
const MARKS = { regression: "❌", improvement: "🚀", pass: "✅", inconclusive: "❔" } as const;
/** A text from a scenario or a broker is cut to this. */
const LONGEST_TEXT = 500;
const MOST_LINES = 20;

/** Renders a gate's result as GitHub-flavoured markdown; the same on GitLab. */
export function renderGateMarkdown(gate: GateResult): string {
  const sections = [
    [`## ${MARKS[gate.verdict]} ${gate.verdict}: ${escaped(headline(gate))}`],
    bullets(gate.reasons),
    table(METRIC_HEADS, gate.metrics.map(metricCells)),
    bullets(deliveryLines(gate)),
    requirements(gate),
    folded("What differs", differences(gate)),
    folded("Slices", slices(gate)),
    folded("Provenance", provenance(gate)),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
  return text.length <= MOST_CHARACTERS
    ? `${text}\n`
    : `${text.slice(0, MOST_CHARACTERS)}\n\n_cut; the rest is in gate.json_\n`;
}

function bullets(texts: readonly string[]): string[] {
  const shown = texts.slice(0, MOST_LINES).map((text) => `- ${escaped(text)}`);
  return texts.length > MOST_LINES ? [...shown, `- and ${texts.length - MOST_LINES} more`] : shown;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(heads), `| ${heads.map((_, at) => (at === 0 ? "---" : "---:")).join(" | ")} |`, ...rows.map(line)];
}

function requirements({ thresholds, expectations }: GateResult): string[] {
  return bullets([...thresholds, ...expectations].map(({ passed, text }) => `${passed ? "held" : "FAILED"}: ${text}`));
}

function folded(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ["<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

function differences({ differences: each }: GateResult): string[] {
  return table(
    ["", "baseline", "candidate"],
    each.slice(0, MOST_LINES).map(({ path, baseline, candidate }) => [path, baseline, candidate]),
  );
}

function slices({ slices: each, metrics }: GateResult): string[] {
  return table(
    ["pair", "side", ...metrics.map(({ label }) => label), "run"],
    each.slice(0, 200).map(({ pair, side, values, directory }) => [
      String(pair),
      side,
      ...metrics.map((metric) => {
        const value = values[metric.name] ?? null;
        return value === null ? "-" : formatGateValue(value, metric);
      }),
      directory,
    ]),
  );
}

function provenance(gate: GateResult): string[] {
  const { environment: e, baseline, candidate } = gate;
  const system = (side: string, s: GateResult["candidate"]) =>
    `${side}: ${[s.file, ...s.overlays].join(" ")} (${s.driver} on ${s.host}${s.brokerVersion === null ? "" : `, ${s.brokerVersion}`})`;
  return bullets([
    ...(baseline ? [system("baseline", baseline)] : []),
    system("candidate", candidate),
    `${gate.startedAt}, ${Math.round(gate.durationSeconds)} s; havoq ${e.havoqVersion}, Node ${e.nodeVersion}, Linux ${e.kernel}, ${e.cores} x ${e.cpuModel}`,
    settingsLine(gate),
  ]);
}

/** Whatever a scenario or a broker says, as text and not too long. */
function escaped(value: string): string {
  return text(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
}
