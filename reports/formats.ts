/** What is drawn beside the terminal's form and the page: a line for each format, from which flags and files are made. */
import { renderComparisonCsv } from "./csv/comparison.js";
import { renderGateJunit } from "./gate/junit.js";
import { renderGateMarkdown } from "./gate/markdown.js";
import { renderComparisonMarkdown } from "./markdown/comparison.js";
import { renderPatternsMarkdown } from "./markdown/patterns.js";

const json = (data: unknown): string => `${JSON.stringify(data)}\n`;

/** What `havoq compare` prints, by its flag; the first that is asked for. Not every one is also of the patterns. */
export const COMPARISON_FORMATS = [
  { name: "json", help: "print comparison.json", comparison: json, patterns: json },
  { name: "markdown", help: "print markdown", comparison: renderComparisonMarkdown, patterns: renderPatternsMarkdown },
  { name: "csv", help: "print every value of every run as CSV", comparison: renderComparisonCsv, patterns: null },
] as const;

/** Files in a gate's folder; a flag takes the path of one more. */
export const GATE_FORMATS = [
  { name: "markdown", help: "write the summary there too", file: "gate.md", render: renderGateMarkdown },
  { name: "junit", help: "write the JUnit XML there too", file: "junit.xml", render: renderGateJunit },
] as const;
