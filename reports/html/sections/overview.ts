import { count, NOTHING, time } from "../format.js";
import { type Html, html } from "../html.js";
import type { RunView } from "../run-view.js";
import { percentileCurve } from "../svg/percentile-curve.js";
import { plots } from "./percentiles.js";
import { verdictMark } from "./verdict.js";

/** Several runs side by side: their figures, and their end-to-end latencies in one plot. */
export function overviewSection(views: readonly RunView[]): Html {
  const curves = views
    .map(({ result }, i) => ({
      label: `${i + 1}. ${result.scenario.name}, ${result.target.driver} (${result.run.id})`,
      colour: i % 7,
      points: percentileCurve(result.latency.endToEnd.whole),
    }))
    .filter(({ points }) => points.length > 0);
  const head = ["Run", "Verdict", "Lost", "Duplicates", "Stuck", "End to end p50", "p99", "Goodput"];
  return html`<header class="strip"><h1>${views.length} runs</h1></header>
<section aria-labelledby="overview"><h2 id="overview">Side by side</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Runs, table"><table class="overview"><thead><tr>${head.map((label, i) => html`<th scope="col"${i > 1 && html` class="n"`}>${label}</th>`)}</tr></thead><tbody>${views.map(row)}</tbody></table></div>
<p class="says">End-to-end latency by percentile.</p>
${plots(curves, [])}
</section>
`;
}

function row({ result, key }: RunView, i: number): Html {
  const { delivery, latency, throughput } = result;
  const { whole } = latency.endToEnd;
  const figures = [
    count(delivery.lost),
    count(delivery.duplicates.redelivered + delivery.duplicates.producedTwice),
    count(delivery.stuck),
    whole.count === 0 ? NOTHING : time(whole.p50),
    whole.count === 0 ? NOTHING : time(whole.p99),
    `${count(throughput.goodputPerSecond)}/s`,
  ];
  return html`<tr><th scope="row">${i + 1}. <a href="#${key}-run">${result.scenario.name}</a><small>${result.target.driver}, ${result.run.id}</small></th><td>${verdictMark(result)}</td>${figures.map((figure) => html`<td class="n">${figure}</td>`)}</tr>`;
}
