import type { Comparison } from "../../../src/compare/schema.js";
import { sumOf } from "../../../src/compare/words.js";
import { formatRecovery } from "../../../src/result/faults.js";
import type { DeliveryCounts, FaultResult } from "../../../src/result-schema.js";
import type { Panel } from "../charts/multiple-parts.js";
import { count, NOTHING, share, time } from "../format.js";
import { type Html, html } from "../html.js";
import { faultName } from "../run-view.js";
import { ledgerBar, swatch } from "../svg/ledger-bar.js";
import { compareSection, scrollTable } from "./compare-parts.js";

type Count = Exclude<keyof DeliveryCounts, "duplicates" | "leftover">;

const ACKED: readonly (readonly [field: Count, label: string, fill: string])[] = [
  ["ok", "ok", "ok"],
  ["deadLettered", "dead-lettered", "dead"],
  ["backlog", "backlog", "backlog"],
  ["stuck", "stuck", "stuck"],
  ["lost", "lost", "lost"],
  ["unseen", "unseen", "unseen"],
];
const BESIDE: readonly (readonly [field: Count, label: string])[] = [
  ["sent", "sent"],
  ["rejected", "rejected"],
  ["indeterminate", "indeterminate"],
  ["recovered", "recovered"],
  ["abortedRead", "aborted read"],
  ["phantom", "phantom"],
  ["corrupt", "corrupt"],
  ["reordered", "reordered"],
];

/** What became of the acked messages, a bar for each target, and every count side by side. */
export function ledgersSection(panels: readonly Panel[]): Html {
  const total = ({ runs }: Panel, field: Count) => sumOf(runs.map(({ result }) => result.delivery[field]));
  const bars = panels.map((panel) => {
    const parts = ACKED.map(([field, label, fill]) => ({ label, fill, count: total(panel, field) }));
    const text = parts
      .filter((part) => part.count > 0)
      .map((part) => `${part.label} ${count(part.count)}`)
      .join(" + ");
    const acked = count(total(panel, "acked"));
    return html`<p class="bar-name"><b>${panel.name}</b> acked ${acked} = ${text}</p>${ledgerBar({ label: `${panel.name}: acked ${acked} = ${text}`, parts })}`;
  });
  const row = (field: Count, label: string, fill: string | null) =>
    html`<tr><th scope="row">${fill !== null && swatch(fill)} ${label}</th>${panels.map((panel) => html`<td class="n">${count(total(panel, field))}</td>`)}</tr>`;
  const rows = [
    row("acked", "acked", "acked"),
    ...ACKED.map(([field, label, fill]) => row(field, label, fill)),
    ...BESIDE.map(([field, label]) => row(field, label, null)),
  ];
  const lost = panels
    .filter((panel) => total(panel, "lost") > 0)
    .map((panel) => `${panel.name} ${share(total(panel, "lost"), total(panel, "acked"))}`);
  const sentence = `Every acked message is in exactly one state; the runs of a target are added up. ${lost.length === 0 ? "None was lost." : `Lost of what was acked: ${lost.join(", ")}.`}`;
  const key = ACKED.map(([, label, fill]) => html`<li>${swatch(fill)} ${label}</li>`);
  return compareSection(
    "ledgers",
    "Message ledgers",
    sentence,
    html`<ul class="key">${key}</ul>${bars}<p class="note">A part that is not empty is drawn at least 6 thousandths wide.</p><details><summary>Data: message ledgers</summary>${scrollTable("Message ledgers", "ledgers", ["State", ...panels.map(({ name }) => name)], rows)}</details>`,
  );
}

/** How each target answered to each fault, run by run. */
export function recoveriesSection(panels: readonly Panel[]): Html | null {
  const rows = panels.flatMap(({ name, runs }) =>
    runs.flatMap(({ round, result: { faults } }) =>
      faults.map(
        (fault) =>
          html`<tr><th scope="row">${name}</th><td class="n">${round}</td><td class="text">${faultName(fault, faults)}</td>${figures(fault).map((text) => html`<td class="n">${text}</td>`)}</tr>`,
      ),
    ),
  );
  if (rows.length === 0) return null;
  const head = [
    "Target",
    "Round",
    "Fault",
    "Undelivered",
    "In flight",
    "Time to detect",
    "Unavailable",
    "Time to recover",
    "Backlog peak",
    "Drain",
  ];
  const slow = panels
    .map(({ name, runs }) => ({
      name,
      ns: Math.max(
        0,
        ...runs.flatMap(({ result }) => result.faults.map(({ resilience }) => resilience?.unavailableNs ?? 0)),
      ),
    }))
    .sort((a, b) => b.ns - a.ns);
  const [most, least] = [slow[0], slow.at(-1)];
  const sentence =
    most && least
      ? `The longest silence was ${time(most.ns)} (${most.name}); the shortest of the targets' longest ${time(least.ns)} (${least.name}).`
      : "";
  return compareSection(
    "recoveries",
    "Faults and recoveries",
    sentence,
    html`${scrollTable("Faults and recoveries", "recoveries", head, rows)}<p class="note">Undelivered: acked and not yet started at injection. Times count from the injection; how they are computed is in docs/resilience.md.</p>`,
  );
}

function figures({ undelivered, inFlight, resilience: r, error }: FaultResult): string[] {
  if (error !== null || !r)
    return [
      count(undelivered),
      count(inFlight),
      error === null ? NOTHING : "not injected",
      NOTHING,
      NOTHING,
      NOTHING,
      NOTHING,
    ];
  const detected = r.timeToDetectNs === null ? "none seen" : time(r.timeToDetectNs);
  const peak = r.backlogPeak === null ? NOTHING : count(r.backlogPeak);
  return [
    count(undelivered),
    count(inFlight),
    detected,
    time(r.unavailableNs),
    formatRecovery(r),
    peak,
    time(r.drainNs),
  ];
}

/** How it was made: the command, every run in its order, the machine. */
export function compareProvenance(comparison: Comparison, panels: readonly Panel[]): Html {
  const runs = comparison.subjects
    .flatMap(({ name, runs: own }) => own.map((run) => ({ name, run })))
    .sort((a, b) => a.run.order - b.run.order);
  const rows = runs.map(
    ({ name, run }) =>
      html`<tr><th scope="row">${run.order}</th><td class="n">${run.round}</td><td>${name}</td><td class="n">${run.seed}</td><td>${run.startedAt}</td><td>${run.verdict}</td><td>${run.health}</td><td><a href="${encodeURI(`${run.directory}/report.html`)}">${run.id}</a></td></tr>`,
  );
  const targets = comparison.subjects.map(
    ({ name, driver, host, brokerVersion, durability }) =>
      html`<tr><th scope="row">${name}</th><td>${driver} on ${host}</td><td>${brokerVersion ?? NOTHING}</td><td class="text">${durability}</td></tr>`,
  );
  const environment = panels[0]?.runs[0]?.result.environment;
  const machine =
    environment &&
    `${environment.hostname}: ${environment.cores} × ${environment.cpuModel}, ${environment.kernel}, Node.js ${environment.nodeVersion}`;
  const how =
    comparison.rounds === null
      ? "The runs were made one by one, not interleaved: a drift of the machine looks like a difference of targets."
      : `Rounds: ${comparison.rounds}; each has every target once, in an order drawn from seed ${comparison.seed ?? NOTHING}; one target was loaded at a time, its broker started for the run and ended after it.`;
  return compareSection(
    "provenance",
    "Provenance",
    how,
    html`<p><code>${comparison.command}</code></p><p>${machine ?? ""}; havoq ${comparison.havoqVersion}</p>
${scrollTable("Targets", "targets", ["Target", "Driver and host", "Broker", "Durability"], targets)}
${scrollTable("Runs", "runs", ["Order", "Round", "Target", "Seed", "Began", "Verdict", "Health", "Report of the run"], rows)}
<details><summary>Scenario of the first run as resolved (JSON; times in ms)</summary><pre tabindex="0">${JSON.stringify(panels[0]?.runs[0]?.result.scenario ?? {}, null, 2)}</pre></details>`,
  );
}
