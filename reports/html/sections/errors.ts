import { count, counted, moment, size } from "../format.js";
import { type Html, html } from "../html.js";
import { type RunView, section } from "../run-view.js";

/** How many kinds of errors are listed. */
const TOP = 20;

/** The errors that clients saw, the most frequent first. */
export function errorsSection(view: RunView): Html {
  const errors = [...view.result.errors].sort((a, b) => b.count - a.count).slice(0, TOP);
  const total = errors.reduce((sum, error) => sum + error.count, 0);
  const rows = errors.map(
    (error) =>
      html`<tr><td class="n">${count(error.count)}</td><td>${error.role}</td><td class="n">${moment(error.firstNs)}</td><td class="text code">${error.text}</td></tr>`,
  );
  const kinds = errors.length;
  const sentence = kinds === 0 ? "No client saw an error." : `${counted(total, "error")} of ${counted(kinds, "kind")}.`;
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Errors, table"><table class="errors"><thead><tr><th scope="col" class="n">Count</th><th scope="col">Seen by</th><th scope="col" class="n">First</th><th scope="col">Error</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return section(view, "errors", "Errors", sentence, kinds > 0 && table);
}

/** What each process used. */
export function resourcesSection(view: RunView): Html | null {
  const { resources } = view.result;
  if (resources.length === 0) return null;
  const rows = resources.map(({ name, role, cpuPercent, rssBytes, cpuSecondsTotal }) => {
    const mean = cpuPercent.reduce((sum, value) => sum + value, 0) / Math.max(1, cpuPercent.length);
    return html`<tr><th scope="row">${name}</th><td>${role}</td><td class="n">${mean.toFixed(1)} %</td><td class="n">${greatest(cpuPercent).toFixed(1)} %</td><td class="n">${cpuSecondsTotal.toFixed(2)} s</td><td class="n">${size(greatest(rssBytes))}</td></tr>`;
  });
  const total = resources.reduce((sum, { cpuSecondsTotal }) => sum + cpuSecondsTotal, 0);
  const head = ["Process", "Role", "CPU mean", "CPU peak", "CPU time", "Memory peak"];
  return section(
    view,
    "resources",
    "Resources",
    `${counted(resources.length, "process").replace(/processs$/, "processes")} used ${total.toFixed(1)} s of CPU time together. 100 % is one core.`,
    html`<div class="scroll" tabindex="0" role="region" aria-label="Resources, table"><table><thead><tr>${head.map((label, i) => html`<th scope="col"${i > 1 && html` class="n"`}>${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
