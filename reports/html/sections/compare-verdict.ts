import { COUNT_METRICS } from "../../../src/compare/metrics.js";
import type { Comparison, Subject } from "../../../src/compare/schema.js";
import {
  countSentences,
  countText,
  differenceOf,
  differenceSentences,
  failureText,
  headline,
  NOTHING,
  outcomeOf,
  ratioText,
  sumOf,
  valueText,
} from "../../../src/compare/words.js";
import { type Html, html } from "../html.js";
import { compareSection, outcomeMark, scrollTable, sentenceList } from "./compare-parts.js";

/** The first screen: how it came out, in words and in one table. */
export function compareVerdict(comparison: Comparison): Html {
  const { name, question, interrupted, failures } = comparison;
  const failed = failures.map((failure) => html`<li>${failureText(failure)}</li>`);
  const cut = interrupted && html`<li>The comparison was cut short: what was finished until then is compared.</li>`;
  const warn =
    (interrupted || failures.length > 0) &&
    html`<aside class="banner" aria-label="Runs that are missing"><b><span aria-hidden="true">⚠ </span>Read this first</b><ul>${cut}${failed}</ul></aside>`;
  return html`<header class="strip">
<div class="title">${outcomeMark(outcomeOf(comparison))}<h1>${name}</h1></div>
${question !== null && html`<p class="question">${question}</p>`}
<p class="target">${headline(comparison)}</p>
${sentenceList(countSentences(comparison), "Delivery")}
${matrix(comparison)}
${sentenceList(differenceSentences(comparison), "Told apart")}
</header>
${warn}`;
}

/** Ids of the metrics of the first screen; more than these are for the tables below. */
const SHOWN = /^(endToEnd\.p50|endToEnd\.p99|publish\.p50|goodput|brokerCpu)|\.unavailable$/;
const MOST_SHOWN = 7;

/** Every target in one line. */
function matrix(comparison: Comparison): Html {
  const isZero = (id: string) => comparison.subjects.every(({ metrics: own }) => own[id]?.median === 0);
  const metrics = comparison.metrics.filter(({ id }) => SHOWN.test(id) && !isZero(id)).slice(0, MOST_SHOWN);
  const head = [
    "Target",
    "Expectations",
    ...COUNT_METRICS.map(({ label }) => label),
    ...metrics.map(({ label }) => label),
  ];
  const rows = comparison.subjects.map((subject) => {
    const counts = COUNT_METRICS.map(({ id }) => {
      const bad = sumOf(subject.counts[id] ?? []) > 0 && id !== "duplicates";
      return html`<td class="n${bad && " bad"}">${bad && html`<span aria-hidden="true">▲ </span>`}${countText(subject, id)}</td>`;
    });
    const cells = metrics.map(({ id, unit }) => {
      const told = differenceOf(comparison, subject.name, id);
      const ratio = told && told.ratio !== null && html`<small>×${ratioText(told.ratio)} ${told.told}</small>`;
      return html`<td class="n">${valueText(subject.metrics[id]?.median ?? null, unit)}${ratio}</td>`;
    });
    const mark = subject.name === comparison.reference && html`<small>reference</small>`;
    return html`<tr><th scope="row">${subject.name}${mark}</th><td class="n">${passed(subject)}</td>${counts}${cells}</tr>`;
  });
  return scrollTable("Summary", "overview matrix", head, rows);
}

function passed({ runs }: Subject): string {
  const held = runs.filter(({ verdict }) => verdict === "pass").length;
  return `${held === runs.length ? "✓" : "✗"} ${held} of ${runs.length}`;
}

/** Where the comparison is not like for like. */
export function findingsSection({ findings, subjects }: Comparison): Html | null {
  if (subjects.length < 2) return null;
  const sentence =
    findings.length === 0
      ? "As far as can be seen, all were given the same: schedule, payloads, window, workers, and the same promise with a confirm."
      : "What a reader has to know before taking one figure against another:";
  return compareSection(
    "fairness",
    "Like for like?",
    sentence,
    findings.length > 0 &&
      html`<ul class="findings">${findings.map((finding) => html`<li><span aria-hidden="true">≠ </span>${finding}</li>`)}</ul>`,
  );
}

/** Settings and surroundings that differ; mismatches with a sign of their own. */
export function knobsSection({ knobs, subjects }: Comparison): Html | null {
  if (subjects.length < 2) return null;
  const mismatches = knobs.filter(({ kind }) => kind === "mismatch").length;
  const sentence = `${knobs.length} settings differ; ${mismatches === 0 ? "all of them belong to the targets or were varied on purpose" : `${mismatches} of them (marked ✗) are neither the target's own nor varied on purpose`}.`;
  const kinds = { target: "the target's own", varied: "varied", mismatch: "✗ mismatch" } as const;
  const rows = knobs.map(
    ({ path, values, kind }) =>
      html`<tr class="k-${kind}"><th scope="row">${path}</th><td>${kinds[kind]}</td>${values.map((value) => html`<td class="text">${value === "undefined" ? NOTHING : value}</td>`)}</tr>`,
  );
  const table = scrollTable("What differs", "knobs", ["Setting", "Kind", ...subjects.map(({ name }) => name)], rows);
  return compareSection(
    "knobs",
    "What differs",
    sentence,
    mismatches > 0 ? table : html`<details><summary>All ${knobs.length} settings</summary>${table}</details>`,
  );
}
