import { missing, otherwise } from "../../../src/result/evidence.js";
import type { RunResult } from "../../../src/result-schema.js";
import { type Html, html } from "../html.js";
import type { RunView } from "../run-view.js";

const MEANING: Readonly<Record<Exclude<RunResult["health"]["verdict"], "ok">, string>> = {
  "generator-limited": "Read the timings as havoq's own, not as the broker's.",
  "noisy-machine": "The machine was shared with others: read the timings with care.",
};

/** A warning above the figures when they are partial or not the broker's; nothing when all is well. */
export function healthSection({ result }: RunView): Html | null {
  const { run, health } = result;
  const lines = [
    ...missing(result).map((each) => sentence(otherwise(each))),
    ...(run.interrupted ? ["The run was cut short: the figures cover what was recorded until then."] : []),
    ...run.notes,
    ...(health.verdict === "ok" ? [] : [MEANING[health.verdict]]),
    ...(health.verdict === "noisy-machine" ? health.reasons : []),
  ];
  if (lines.length === 0) return null;
  return html`<aside class="banner" aria-label="Measurement health"><b><span aria-hidden="true">⚠ </span>Read this first</b><ul>${[...new Set(lines)].map((line) => html`<li>${line}</li>`)}</ul></aside>
`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
