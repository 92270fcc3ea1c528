import type { DeliveryCounts } from "../../../src/result-schema.js";
import { count, counted, share } from "../format.js";
import { type Html, html } from "../html.js";
import { type RunView, section } from "../run-view.js";
import { ledgerBar, type Part, swatch } from "../svg/ledger-bar.js";

interface State extends Part {
  readonly meaning: string;
}

/** The message ledger: every message sent is in exactly one state. */
export function ledgerSection(view: RunView): Html {
  const { delivery } = view.result;
  const sent = sentStates(delivery);
  const acked = ackedStates(delivery);
  const bar = (name: string, total: number, parts: readonly Part[]) =>
    html`<p class="bar-name"><b>${name}</b> ${count(total)} = ${sum(parts)}</p>${ledgerBar({ label: `${name} ${count(total)} = ${sum(parts)}`, parts })}`;
  return section(
    view,
    "ledger",
    "Message ledger",
    ledgerSentence(delivery),
    html`${bar("sent", delivery.sent, sent)}${bar("acked", delivery.acked, acked)}
<p class="note">A part that is not empty is drawn at least 6 thousandths wide, so that a single lost message can be seen.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Message ledger, table"><table class="ledger">
<thead><tr><th scope="col">State</th><th scope="col" class="n">Messages</th><th scope="col" class="n">Share</th><th scope="col">Meaning</th></tr></thead>
${group("Sent, by what the producer was told", delivery.sent, sent)}
${group("Acked, by what became of them", delivery.acked, acked)}
${group("Beside the sums", null, besideStates(delivery))}
</table></div>`,
  );
}

/** Where the acked messages went, in words. */
export function ledgerSentence(delivery: DeliveryCounts): string {
  const { sent, acked, ok, lost, lostInHandler, lostBeforeHandler, unseen } = delivery;
  const head = `Of ${counted(sent, "message")} sent, ${count(acked)} (${share(acked, sent)}) were acked; ${count(ok)} of these (${share(ok, acked)}) were completed`;
  const blind =
    unseen > 0 ? ` What became of ${count(unseen)} can't be told: what the system still holds could not be read.` : "";
  if (lost === 0) return `${head} and none was lost.${blind}`;
  return `${head} and ${count(lost)} ${lost === 1 ? "was" : "were"} lost: ${count(lostInHandler)} in a handler, ${count(lostBeforeHandler)} before one began.${blind}`;
}

function sum(parts: readonly Part[]): string {
  return parts.map(({ label, count: messages }) => `${label} ${count(messages)}`).join(" + ");
}

function group(title: string, total: number | null, states: readonly State[]): Html {
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="4">${title}</th></tr>${states.map(
    ({ label, count: messages, fill, meaning }) =>
      html`<tr${messages === 0 && html` class="zero"`}><th scope="row">${swatch(fill)} ${label}</th><td class="n">${count(messages)}</td><td class="n">${total === null ? "" : share(messages, total)}</td><td class="text">${meaning}</td></tr>`,
  )}</tbody>
`;
}

const state = (label: string, messages: number, fill: string, meaning: string): State => ({
  label,
  count: messages,
  fill,
  meaning,
});

function sentStates(d: DeliveryCounts): State[] {
  return [
    state("acked", d.acked, "acked", "The broker confirmed the message."),
    state("rejected", d.rejected, "rejected", "Refused with an error that is known to mean: not stored."),
    state(
      "indeterminate",
      d.indeterminate,
      "indeterminate",
      "A timeout or a lost connection: stored or not, nobody said.",
    ),
  ];
}

function ackedStates(d: DeliveryCounts): State[] {
  return [
    state("ok", d.ok, "ok", "A handler completed it."),
    state("dead-lettered", d.deadLettered, "dead", "Put aside by the broker or the worker after failed attempts."),
    state("backlog", d.backlog, "backlog", "Still ready in the broker after the drain."),
    state("stuck", d.stuck, "stuck", "Still in flight after the drain, and past the system's own redelivery horizon."),
    state("lost", d.lost, "lost", "Gone: neither completed nor anywhere in the broker."),
    state("unseen", d.unseen, "unseen", "Not completed, and nobody could look whether the broker still holds it."),
  ];
}

function besideStates(d: DeliveryCounts): State[] {
  const seen = "of the indeterminate ones";
  return [
    state("lost in handler", d.lostInHandler, "lost", "Of the lost: a handler had begun."),
    state("lost before handler", d.lostBeforeHandler, "lost", "Of the lost: no handler ever saw it."),
    state("recovered", d.recovered, "ok", `Seen by a worker, ${seen}.`),
    state("void", d.void, "indeterminate", `Never seen, ${seen}.`),
    state(
      "redelivered",
      d.duplicates.redelivered,
      "backlog",
      "Deliveries beyond the first: the broker delivered it again.",
    ),
    state(
      "produced twice",
      d.duplicates.producedTwice,
      "backlog",
      "Deliveries beyond the first: stored twice, as the broker has it.",
    ),
    state("left over, ready", d.leftover.ready, "backlog", "Completed, and ready to be delivered again."),
    state(
      "left over, in flight",
      d.leftover.inFlight,
      "stuck",
      "Completed, and still held for a worker: will be delivered again.",
    ),
    state(
      "left over, dead",
      d.leftover.deadLettered,
      "dead",
      "Completed, and among the dead letters as well: may be run again by hand.",
    ),
    state(
      "reordered",
      d.reordered,
      "backlog",
      "First delivered after a later message of the same producer; several workers make some always.",
    ),
    state("aborted read", d.abortedRead, "rejected", "Rejected, and delivered all the same."),
    state("phantom", d.phantom, "lost", "Delivered, but never sent."),
    state("corrupt", d.corrupt, "lost", "Delivered with a checksum that does not fit."),
  ];
}
