import type { GateResult } from "../../../src/gate/schema.js";
import { formatGateValue } from "../../../src/gate/words.js";
import { count, NOTHING } from "../format.js";
import { type Html, html } from "../html.js";
import { compareSection, scrollTable } from "./compare-parts.js";

/** Every slice in the order in which it ran, with a link to its own report. */
export function slicesSection({ slices, metrics, generatorLimited }: GateResult): Html | null {
  if (slices.length === 0) return null;
  const limited = generatorLimited.baseline + generatorLimited.candidate;
  const sentence = `${slices.length} slices in the order in which they ran; havoq itself was the bottleneck in ${limited === 0 ? "none" : limited}.`;
  const head = ["Slice", "Pair", "Side", ...metrics.map(({ label }) => label), "Acked", "Lost", "Limited by havoq"];
  const rows = slices.map(({ position, directory, pair, side, values, delivery, generatorLimited: own }) => {
    const cells = metrics.map((metric) => {
      const value = values[metric.name] ?? null;
      return html`<td class="n">${value === null ? NOTHING : formatGateValue(value, metric)}</td>`;
    });
    return html`<tr><th scope="row"><a href="${encodeURI(`${directory}/report.html`)}">${position}</a></th><td class="n">${pair}</td><td>${side}</td>${cells}<td class="n">${count(delivery.acked)}</td><td class="n${delivery.lost > 0 && " bad"}">${count(delivery.lost)}</td><td>${own ? "yes" : "no"}</td></tr>`;
  });
  return compareSection(
    "slices",
    "Slices",
    sentence,
    html`<details><summary>All ${slices.length} slices</summary>${scrollTable("Slices", "runs", head, rows)}</details>`,
  );
}

/** Where it comes from: both systems, the machine, the time. */
export function gateProvenance(gate: GateResult): Html {
  const { environment: e, baseline, candidate, stored } = gate;
  const system = (side: string, s: GateResult["candidate"]) =>
    html`<tr><th scope="row">${side}</th><td>${s.driver} on ${s.host}</td><td>${s.brokerVersion ?? NOTHING}</td><td class="text">${[s.file, ...s.overlays].join(" ")}</td></tr>`;
  const earlier =
    stored &&
    html`<tr><th scope="row">baseline</th><td>${stored.jobs} comparable of ${stored.needed} needed</td><td>${NOTHING}</td><td class="text">${stored.file}</td></tr>`;
  const rows = [
    ...(baseline ? [system("baseline", baseline)] : []),
    ...(earlier ? [earlier] : []),
    system("candidate", candidate),
  ];
  return compareSection(
    "provenance",
    "Provenance",
    stored
      ? "The slices of the candidate ran one after the other."
      : "Both systems were up all the time and one was loaded at a time; which came first in a pair was decided by chance.",
    html`<p>${gate.startedAt}, ${Math.round(gate.durationSeconds)} s; havoq ${e.havoqVersion}, Node.js ${e.nodeVersion}, Linux ${e.kernel}, ${e.cores} × ${e.cpuModel}</p>
${scrollTable("Systems", "targets", ["Side", "Driver and host", "Broker", "Scenario"], rows)}`,
  );
}
