import { faultError, formatRecovery } from "../../../src/result/faults.js";
import type { FaultResult, Resilience } from "../../../src/result-schema.js";
import { count, counted, moment, NOTHING, share, time } from "../format.js";
import { type Html, html } from "../html.js";
import { faultName, type RunView, section } from "../run-view.js";

interface Column {
  readonly label: string;
  readonly cell: (fault: FaultResult) => string;
}

const figure = (pick: (figures: Resilience, fault: FaultResult) => string) => (fault: FaultResult) =>
  fault.resilience === null ? NOTHING : pick(fault.resilience, fault);
const when = (ns: number | null) => (ns === null ? NOTHING : moment(ns));

const COLUMNS: readonly Column[] = [
  { label: "Requested", cell: ({ requestedNs }) => moment(requestedNs) },
  { label: "Confirmed", cell: ({ confirmedNs, requestedNs }) => confirmed(confirmedNs, requestedNs) },
  { label: "Healed", cell: ({ healedNs }) => when(healedNs) },
  {
    label: "Undelivered",
    cell: ({ undelivered, confirmedNs }) => (confirmedNs === null ? NOTHING : count(undelivered)),
  },
  { label: "In flight", cell: ({ inFlight, confirmedNs }) => (confirmedNs === null ? NOTHING : count(inFlight)) },
  {
    label: "Time to detect",
    cell: figure((r) => (r.timeToDetectNs === null ? "none seen" : time(r.timeToDetectNs))),
  },
  { label: "Unavailable", cell: figure((r) => time(r.unavailableNs)) },
  { label: "Time to recover", cell: figure(formatRecovery) },
  { label: "Dip depth", cell: figure(dipDepth) },
  {
    label: "Messages missed",
    cell: figure((r) => (r.dipAreaMessages === null ? NOTHING : count(Math.round(r.dipAreaMessages)))),
  },
  { label: "Backlog peak", cell: figure((r) => (r.backlogPeak === null ? NOTHING : count(r.backlogPeak))) },
  { label: "Drain time", cell: figure((r) => time(r.drainNs)) },
  {
    label: "Latency recovery",
    cell: figure((r) => (r.latencyRecoveryNs === null ? "not recovered" : time(r.latencyRecoveryNs))),
  },
  {
    label: "Earliest loss acked",
    cell: figure((r) => (r.earliestLostAckNs === null ? "none" : moment(r.earliestLostAckNs))),
  },
];

/** What was broken when, and how the system answered. */
export function faultsSection(view: RunView): Html | null {
  const { faults } = view.result;
  if (faults.length === 0) return null;
  const rows = faults.map(
    (fault) =>
      html`<tr><th scope="row">${faultName(fault, faults)}<small>${describe(fault)}</small></th>${COLUMNS.map(({ cell }) => html`<td class="n">${cell(fault)}</td>`)}</tr>`,
  );
  return section(
    view,
    "faults",
    "Faults",
    faultSentence(faults),
    html`<div class="scroll" tabindex="0" role="region" aria-label="Faults, table"><table class="faults"><thead><tr><th scope="col">Fault</th>${COLUMNS.map(({ label }) => html`<th scope="col" class="n">${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
<p class="note">Undelivered: acked and not yet started at injection. Time to detect: first error that a client saw. Unavailable: longest span without a completion while load was offered. Dip depth: deepest 100 messages or more, as the share of the baseline that was missing. Times to recover count from the injection.</p>`,
  );
}

/** What was done, and what went wrong with it. */
function describe(fault: FaultResult): string {
  const done = fault.confirmedNs === null ? null : fault.description;
  return [done, faultError(fault), fault.doubt].filter((text) => text !== null).join("; ");
}

/** How the worst fault went, in words. */
export function faultSentence(faults: readonly FaultResult[]): string {
  const done = faults.filter(({ confirmedNs }) => confirmedNs !== null);
  const missed = faults.length - done.length;
  const refused = missed > 0 ? ` ${counted(missed, "fault")} could not be injected.` : "";
  const head = `${counted(done.length, "fault")} injected.${refused}`;
  const gap = done
    .map((fault) => ({ name: faultName(fault, faults), ns: fault.resilience?.unavailableNs ?? 0 }))
    .sort((a, b) => b.ns - a.ns)[0];
  if (done.length > 0 && done.every(({ resilience: r }) => r?.unavailableNs === null))
    return `${head} Too few messages tell whether completions stopped.`;
  if (!gap || gap.ns === 0) return `${head} Completions never stopped.`;
  const lasting = done.filter(({ resilience: r }) => r && r.onsetNs !== null && r.timeToRecoverNs === null);
  const after =
    lasting.length > 0
      ? ` Goodput did not come back to stay after ${lasting.map((fault) => faultName(fault, faults)).join(", ")} before the next fault or the end.`
      : "";
  return `${head} The longest silence was ${time(gap.ns)}, at ${gap.name}.${after}`;
}

function confirmed(confirmedNs: number | null, requestedNs: number): string {
  return confirmedNs === null ? "not confirmed" : `+${time(Math.max(0, confirmedNs - requestedNs))}`;
}

function dipDepth({ dipDepth: depth, onsetNs }: Resilience): string {
  if (depth === null) return NOTHING;
  return onsetNs === null ? "no dip" : share(depth);
}
