import { LATENCIES } from "../../../src/metrics/latency.js";
import type { LatencyStats, RunResult } from "../../../src/result-schema.js";
import { metricUnit } from "../../../src/scenario/metric-name.js";
import { count, NOTHING, time } from "../format.js";
import { type Html, html } from "../html.js";
import { type RunView, section } from "../run-view.js";
import { MIN_SAMPLES_ABOVE, percentileCurve } from "../svg/percentile-curve.js";
import { type Curve, type Limit, percentilePlot } from "../svg/percentile-plot.js";

const DRAWN = ["endToEnd", "publish", "publishService", "publishDelay"] as const;

/** Latency by percentile: the plot readable without JavaScript, and the figures. */
export function percentilesSection(view: RunView): Html {
  const { latency } = view.result;
  const curves = DRAWN.map((name, colour) => ({
    label: `${LATENCIES[name].label} (${LATENCIES[name].span})`,
    colour,
    points: percentileCurve(latency[name].whole),
  })).filter(({ points }) => points.length > 0);
  const limits = latencyLimits(view.result);
  return section(
    view,
    "percentiles",
    "Latency by percentile",
    percentileSentence(view.result),
    html`${plots(curves, limits)}
<p class="note">Whole run without the warm-up. Each curve ends where fewer than ${MIN_SAMPLES_ABOVE} samples lie above it. All latencies but publish service and handle count from when the message was due.</p>
${figuresTable(view.result)}${phaseTable(view.result)}`,
  );
}

/** Both sizes of the plot with the key to its curves; the style sheet shows the one that fits. */
export function plots(curves: readonly Curve[], limits: readonly Limit[]): Html {
  const key = curves.map(
    ({ label, colour, dash = colour }) =>
      html`<li><svg class="stroke" viewBox="0 0 28 8" aria-hidden="true"><path class="curve c${colour} d${dash}" d="M0 4h28"/></svg>${label}</li>`,
  );
  const bound = html`<li><svg class="stroke" viewBox="0 0 28 12" aria-hidden="true"><path class="limit" d="M0 10h28"/><path class="limit-mark" d="M9 2h10l-5 8z"/></svg>expectation, marked at its percentile</li>`;
  return html`<ul class="key">${key}${limits.length > 0 && bound}</ul>${percentilePlot(curves, limits, 1120, 380, "plot wide")}${percentilePlot(curves, limits, 380, 320, "plot narrow")}`;
}

/** Upper bounds on whole-run latencies among the expectations, as the scenario resolved them to nanoseconds. */
export function latencyLimits({ scenario }: RunResult): Limit[] {
  const list = scenario["expect"];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const { metric, expression, operator, value } = fields(item);
    const { kind, number: ns } = fields(value);
    if (typeof metric !== "string" || (operator !== "<" && operator !== "<=")) return [];
    const [, latency, stat] = /^(\w+)\.(\w+)$/.exec(metric) ?? [];
    const drawn = DRAWN.some((name) => name === latency) && metricUnit(metric) === "ns";
    if (!drawn || kind !== "number" || typeof ns !== "number" || !(ns > 0)) return [];
    const nines = /^p(\d+)$/.exec(stat ?? "")?.[1];
    const x = nines === undefined ? null : 1 / (1 - Number(`0.${nines}`));
    return [{ label: `${metric} ${String(expression)}`, ns, x }];
  });
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Medians and tails of the latency that matters most, and what of it is publishing. */
export function percentileSentence({ latency }: RunResult): string {
  const { whole } = latency.endToEnd;
  if (whole.count === 0) return "No message was delivered.";
  const publish = latency.publish.whole;
  const confirmed =
    publish.count > 0 ? ` Publishing took ${time(publish.p50)} at the median and ${time(publish.p99)} at p99.` : "";
  return `Of ${count(whole.count)} messages half were delivered within ${time(whole.p50)}, 99 % within ${time(whole.p99)}; the slowest took ${time(whole.max)}.${confirmed}`;
}

const COLUMNS = [
  ["p50", "p50", 0.5],
  ["p90", "p90", 0.9],
  ["p95", "p95", 0.95],
  ["p99", "p99", 0.99],
  ["p99.9", "p999", 0.999],
  ["p99.99", "p9999", 0.9999],
] as const;

function figuresTable({ latency, priorities = [] }: RunResult): Html {
  const names = [...DRAWN, "handle"] as const;
  const head = ["Latency", "min", "mean", ...COLUMNS.map(([label]) => label), "max", "samples"];
  const cell = (stats: LatencyStats, ns: number, quantile: number) => {
    const few = stats.count * (1 - quantile) < MIN_SAMPLES_ABOVE;
    return html`<td class="n${few && " few"}">${stats.count === 0 ? NOTHING : time(ns)}${few && stats.count > 0 && "*"}</td>`;
  };
  const listed = [
    ...names.map((name) => {
      const { label: title, span } = LATENCIES[name];
      return { key: name, title, span, stats: latency[name].whole };
    }),
    ...priorities.map(({ priority, endToEnd }) => {
      const key = `priority-${priority}`;
      return { key, title: `priority ${priority}`, span: LATENCIES.endToEnd.span, stats: endToEnd };
    }),
  ];
  const rows = listed.map(({ key, title, span, stats }) => {
    const percentiles = COLUMNS.map(([, field, quantile]) => cell(stats, stats[field], quantile));
    return html`<tr data-latency="${key}"><th scope="row">${title} <small>${span}</small></th>${cell(stats, stats.min, 0)}${cell(stats, stats.mean, 0)}${percentiles}<td class="n">${stats.count === 0 ? NOTHING : time(stats.max)}</td><td class="n">${count(stats.count)}</td></tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Percentiles, table"><table class="percentiles"><thead><tr>${head.map((label, i) => html`<th scope="col"${i > 0 && html` class="n"`}>${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
<p class="note">* fewer than ${MIN_SAMPLES_ABOVE} samples lie above.</p>`;
}

function phaseTable({ latency }: RunResult): Html {
  const names = [...DRAWN, "handle"] as const;
  const rows = names.flatMap((name) =>
    Object.entries(latency[name].phases).map(
      ([phase, stats]) =>
        html`<tr><th scope="row">${LATENCIES[name].label}</th><td>${phase}</td>${COLUMNS.map(([, field]) => html`<td class="n">${stats.count === 0 ? NOTHING : time(stats[field])}</td>`)}<td class="n">${stats.count === 0 ? NOTHING : time(stats.max)}</td><td class="n">${count(stats.count)}</td></tr>`,
    ),
  );
  const head = ["Latency", "Phase", ...COLUMNS.map(([label]) => label), "max", "samples"];
  return html`<details><summary>By phase in which the message was due</summary><div class="scroll" tabindex="0" role="region" aria-label="Percentiles by phase, table"><table><thead><tr>${head.map((label, i) => html`<th scope="col"${i > 1 && html` class="n"`}>${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
