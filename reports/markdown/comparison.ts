/** A comparison as GitHub's markdown: verdict first, table, the rest folded. */
import { COUNT_METRICS } from "../../src/compare/metrics.js";
import type { Comparison } from "../../src/compare/schema.js";
import {
  capacityText,
  countText,
  differenceOf,
  headline,
  outcomeOf,
  toldText,
  valueText,
  verdictSentences,
} from "../../src/compare/words.js";
import { list, table, text } from "./markdown.js";

/** Renders a comparison for an issue, a pull request or a page. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { subjects, metrics, findings, knobs, name, question } = comparison;
  const parts = [
    `## ${text(name)}: ${outcomeOf(comparison)}`,
    ...(question === null ? [] : [text(question)]),
    `${text(headline(comparison))}.`,
    list(verdictSentences(comparison)),
    table(
      ["", ...subjects.map((subject) => subject.name)],
      [
        ...(subjects.some(({ capacity }) => capacity !== null)
          ? [["own capacity (one run)", ...subjects.map(capacityText)]]
          : []),
        ...COUNT_METRICS.map(({ id, label }) => [label, ...subjects.map((subject) => countText(subject, id))]),
        ...metrics.map(({ id, label, unit }) => [
          label,
          ...subjects.map((subject) => {
            const told = toldText(differenceOf(comparison, subject.name, id));
            return `${valueText(subject.metrics[id]?.median ?? null, unit)}${told === "" ? "" : ` (${told})`}`;
          }),
        ]),
      ],
    ),
    "Median over the runs; × the reference. `~`: can't be told from it.",
    ...(findings.length > 0 ? [`### Not like for like`, list(findings)] : []),
    folded(
      "What differs",
      table(
        ["", ...subjects.map((subject) => subject.name)],
        knobs.map(({ path, values, kind }) => [`${path}${kind === "mismatch" ? " (!)" : ""}`, ...values]),
      ),
    ),
    folded("Runs", table(["run", "round", "target", "seed", "verdict", "health"], runRows(comparison))),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function runRows({ subjects }: Comparison): string[][] {
  return subjects
    .flatMap(({ name, runs }) => runs.map((run) => ({ name, run })))
    .sort((a, b) => a.run.order - b.run.order)
    .map(({ name, run }) => [String(run.order), String(run.round), name, String(run.seed), run.verdict, run.health]);
}

const folded = (title: string, body: string): string =>
  body === "" ? "" : `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
