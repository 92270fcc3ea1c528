import { COUNT_METRICS } from "../../../src/compare/metrics.js";
import { MINIMUM_EFFECT } from "../../../src/compare/ratio.js";
import type { Comparison, Subject } from "../../../src/compare/schema.js";
import { countText, differenceOf, plural, sumOf, valueText } from "../../../src/compare/words.js";
import { count, share } from "../format.js";
import { type Html, html } from "../html.js";
import { compareSection, scrollTable } from "./compare-parts.js";
import { type DeltaGroup, deltaTable } from "./delta.js";

/** Every metric of every target against the reference, with the forest plot. */
export function deltaSection(comparison: Comparison): Html | null {
  const { subjects, reference, metrics } = comparison;
  if (subjects.length < 2) return null;
  const groups = metrics
    .map((metric): DeltaGroup => {
      const rows = subjects.map((subject) => {
        const found = differenceOf(comparison, subject.name, metric.id);
        const own = subject.metrics[metric.id];
        const range =
          own && own.low !== null ? `${valueText(own.low, metric.unit)} – ${valueText(own.high, metric.unit)}` : "–";
        return {
          name: subject.name,
          value: valueText(own?.median ?? null, metric.unit),
          interval: range,
          ratio: found ?? null,
          why: found?.why ?? "",
        };
      });
      return { label: metric.label, better: metric.better, sentence: groupSentence(comparison, metric.id), rows };
    })
    .filter(({ rows }) => rows.some(({ value }) => value !== "–"));
  const coverage = Math.min(
    ...subjects
      .flatMap(({ metrics: own }) => Object.values(own).map((each) => each.coverage))
      .filter((value) => value > 0),
  );
  const sentence = `Each target against ${reference}: the median over the runs, and the ratio of the runs of one round. A diamond (better) or a square (worse) is told apart; a ring is not. The shaded band is 5 % to both sides: no effect worth the name.`;
  const note = `Runs lie in: the interval that covers the true median with at least ${(coverage * 100).toFixed(0)} %, whatever the distribution; with so few runs that is all of them. Ratio: geometric mean over the rounds; its interval is the one by which it was decided: 99 % over all metrics of a pair together (Holm). A faint dot is one round.`;
  return compareSection(
    "delta",
    "Differences",
    sentence,
    html`${toldFirst(groups)}<p class="note">${note}</p>${valuesTable(comparison)}`,
  );
}

/** What can be told apart is seen at once; the rest is there for who asks. */
function toldFirst(groups: readonly DeltaGroup[]): Html {
  const isTold = ({ rows }: DeltaGroup) => rows.some(({ ratio }) => ratio !== null && ratio.told !== "~");
  const told = groups.filter(isTold);
  const rest = groups.filter((group) => !isTold(group));
  if (told.length === 0) return deltaTable("Differences", groups, MINIMUM_EFFECT);
  const names = rest.map(({ label }) => label).join(", ");
  const folded =
    rest.length > 0 &&
    html`<details><summary>Nothing is told apart on: ${names}</summary>${deltaTable("Differences that can't be told", rest, MINIMUM_EFFECT)}</details>`;
  return html`${deltaTable("Differences", told, MINIMUM_EFFECT)}${folded}`;
}

function groupSentence({ differences }: Comparison, metric: string): string {
  const own = differences.filter((each) => each.metric === metric);
  const told = own.filter(({ told: answer }) => answer !== "~").length;
  return told === 0 ? "None can be told from the reference." : `${told} of ${own.length} told from the reference.`;
}

/** The figures behind the plot: every run. */
function valuesTable({ subjects, metrics }: Comparison): Html {
  const rows = metrics.flatMap(({ id, label, unit }) =>
    subjects.map((subject) => {
      const values = subject.metrics[id]?.values ?? [];
      return html`<tr><th scope="row">${label}</th><td>${subject.name}</td><td class="text">${values.map((value) => valueText(value, unit)).join(", ")}</td></tr>`;
    }),
  );
  return html`<details><summary>Data: the value of every run</summary>${scrollTable("Values of every run", "values", ["Metric", "Target", "Runs, in their order"], rows)}</details>`;
}

/** What each target did as fast as it could, where that was asked. */
export function capacitySection({ subjects }: Comparison): Html | null {
  const asked = subjects.flatMap(({ name, capacity }) => (capacity === null ? [] : [{ name, ...capacity }]));
  if (asked.length === 0) return null;
  const rows = asked.map(
    ({ name, directory, ackedPerSecond, goodputPerSecond }) =>
      html`<tr><th scope="row"><a href="${encodeURI(`${directory}/report.html`)}">${name}</a></th><td class="n">${count(Math.round(ackedPerSecond))}/s</td><td class="n">${count(Math.round(goodputPerSecond))}/s</td></tr>`,
  );
  const sentence =
    "One run of each target, as fast as the producers' window and the workers allow, without a fault: no interval, so only great differences mean anything.";
  return compareSection(
    "capacity",
    "Own capacity",
    sentence,
    scrollTable("Own capacity", "overview", ["Target", "Acked", "Completed"], rows),
  );
}

/** Loss, stuck messages and duplicates: each run for itself, never averaged. */
export function countsSection(comparison: Comparison): Html {
  const { subjects, countDifferences } = comparison;
  const head = ["Target", "Acked", ...COUNT_METRICS.map(({ label }) => label)];
  const rows = subjects.map((subject) => {
    const cells = COUNT_METRICS.map(({ id }) => {
      const values = subject.counts[id] ?? [];
      const told = countDifferences.find((each) => each.subject === subject.name && each.metric === id)?.told;
      const word =
        told && told !== "~"
          ? html`<span class="told t-${told}">${told === "better" ? "◆" : "■"} ${told}</span>`
          : told && html`<span class="dim">~</span>`;
      const bad = sumOf(values) > 0 && id !== "duplicates";
      return html`<td class="n${bad && " bad"}">${countText(subject, id)} ${word}<small>${values.map((value) => count(value)).join(" · ")}</small></td>`;
    });
    return html`<tr><th scope="row">${subject.name}</th><td class="n">${count(sumOf(subject.acked))}</td>${cells}</tr>`;
  });
  return compareSection(
    "counts",
    "Lost, stuck, delivered twice",
    countsSentence(subjects),
    html`${scrollTable("Counts", "overview counts", head, rows)}<p class="note">The sum, and in how many runs; below it each run. Counts are told apart when every run of one had more than every run of the other, and twice as much in all: loss is not averaged away.</p>`,
  );
}

function countsSentence(subjects: readonly Subject[]): string {
  const losing = subjects.filter(({ counts }) => sumOf(counts["lost"] ?? []) > 0);
  if (losing.length === 0) return "No acked message was lost in any run.";
  const most = [...losing].sort((a, b) => sumOf(b.counts["lost"] ?? []) - sumOf(a.counts["lost"] ?? []))[0];
  const lost = sumOf(most?.counts["lost"] ?? []);
  return `${plural(losing.length, "target")} of ${subjects.length} lost messages; ${most?.name ?? ""} the most, ${count(lost)} (${share(lost, sumOf(most?.acked ?? []))} of what it had acked).`;
}
