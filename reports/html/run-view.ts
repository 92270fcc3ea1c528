import type { FaultResult, RunResult } from "../../src/result-schema.js";
import { moment } from "./format.js";
import { type Content, type Html, html, trusted } from "./html.js";

/** One run and its place on the page. */
export interface RunView {
  readonly result: RunResult;
  /** Begins the ids of the run's elements; unique on the page. */
  readonly key: string;
  /** Level of the run's own heading; its sections are one below. */
  readonly level: 1 | 2;
  /** Points that a line may have. */
  readonly budget: number;
}

/** A section of a run with its heading and, when given, the sentence that says what it shows. */
export function section(view: RunView, id: string, title: string, sentence: string | null, body: Content): Html {
  const tag = trusted(`h${view.level + 1}`);
  const name = `${view.key}-${id}`;
  return html`<section aria-labelledby="${name}">
<${tag} id="${name}">${title}</${tag}>
${sentence !== null && html`<p class="says">${sentence}</p>`}
${body}
</section>
`;
}

/** Name of an injection: the fault's id, with a number where it is repeated. */
export function faultName({ id, occurrence }: FaultResult, faults: readonly FaultResult[]): string {
  const repeated = faults.some((other) => other.id === id && other.occurrence !== occurrence);
  return repeated ? `${id} #${occurrence}` : id;
}

/** When a fault began and ended, in ns since t0; the end is `null` for one without duration. */
export function faultSpan(fault: FaultResult): { readonly fromNs: number; readonly toNs: number | null } {
  return { fromNs: fault.confirmedNs ?? fault.requestedNs, toNs: fault.healedNs };
}

/** End of the time axis in ns: the load, and the drain as far as it went. */
export function endNs({ run, phases }: RunResult): number {
  return Math.max(run.durationNs, phases.at(-1)?.endNs ?? 0);
}

/** How long after a fault something is still put down to its neighbourhood in words. */
const SHORTLY_NS = 3e9;

/** A moment in words: "at 31.0 s, during freeze", "at 22.4 s, 0.4 s after crash", "at 7.0 s". */
export function at(result: RunResult, ns: number, sliceNs = 0): string {
  const happened = result.faults
    .filter(({ confirmedNs }) => confirmedNs !== null)
    .map((fault) => ({ name: faultName(fault, result.faults), ...faultSpan(fault) }))
    .filter(({ fromNs }) => fromNs < ns + Math.max(1, sliceNs));
  const during = happened.filter(({ toNs }) => toNs !== null && ns < toNs).map(({ name }) => name);
  if (during.length > 0) return `at ${moment(ns)}, during ${during.join(" and ")}`;
  const last = happened.map(({ name, fromNs, toNs }) => ({ name, since: ns - (toNs ?? fromNs) })).at(-1);
  if (!last || last.since > SHORTLY_NS) return `at ${moment(ns)}`;
  return last.since < 1e8
    ? `at ${moment(ns)}, with ${last.name}`
    : `at ${moment(ns)}, ${moment(last.since)} after ${last.name}`;
}
