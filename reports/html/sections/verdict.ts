import { caveat } from "../../../src/result/evidence.js";
import type { RunResult } from "../../../src/result-schema.js";
import { count, counted, NOTHING, share, time } from "../format.js";
import { type Html, html, trusted } from "../html.js";
import { type Mark, verdictBadge } from "../mark.js";
import type { RunView } from "../run-view.js";

type Verdict = RunResult["verdict"];

const MARKS = {
  pass: { word: "Pass", shape: "tick", tone: "pass" },
  fail: { word: "Fail", shape: "cross", tone: "fail" },
  inconclusive: { word: "Inconclusive", shape: "bar", tone: "inconclusive" },
} as const satisfies Record<Verdict, Mark>;

/** The verdict as a word and a shape. */
export const verdictMark = (result: Pick<RunResult, "verdict" | "evidence">): Html => {
  const mark = MARKS[result.verdict];
  return verdictBadge({ ...mark, word: `${mark.word}${caveat(result)}` });
};

/** The first screen: how it ended, what was asked, and the figures that matter most. */
export function verdictSection(view: RunView, banner: Html | null): Html {
  const { result } = view;
  const { scenario, target } = result;
  const framework = target.framework === undefined ? null : html` <span class="dim">(${target.framework})</span>`;
  const tag = trusted(`h${view.level}`);
  const version = target.brokerVersion === null ? null : html` <span class="dim">·</span> ${target.brokerVersion}`;
  return html`<header class="strip ${result.verdict}">
<div class="title">${verdictMark(result)}<${tag} id="${view.key}-run">${scenario.name}</${tag}></div>
${scenario.question !== undefined && html`<p class="question">${scenario.question}</p>`}
<p class="target"><b>${target.driver}</b>${framework} on ${target.host}${version} <span class="dim">·</span> ${verdictSentence(result)}</p>
${banner}${keyFigures(result)}
${expectationList(result.expectations, "Expectations")}
${evidenceList(result.evidence)}
</header>
`;
}

/** How many expectations held, in one sentence. */
export function verdictSentence({ expectations, run }: RunResult): string {
  const failed = expectations.filter(({ passed }) => !passed).length;
  const partial = run.interrupted ? "; the run was cut short" : "";
  if (expectations.length === 0) return `nothing was expected${partial}`;
  if (failed === 0) return `all ${counted(expectations.length, "expectation")} held${partial}`;
  return `${failed} of ${counted(expectations.length, "expectation")} failed${partial}`;
}

function keyFigures({ delivery, latency, throughput }: RunResult): Html {
  const { redelivered, producedTwice } = delivery.duplicates;
  const ofAcked = (messages: number) =>
    messages === 0 ? "of what was acked" : `${share(messages, delivery.acked)} of acked`;
  const duplicates = redelivered + producedTwice;
  const endToEnd = latency.endToEnd.whole;
  const measured = (ns: number) => (endToEnd.count === 0 ? NOTHING : time(ns));
  const offered = throughput.offeredPerSecond;
  return html`<dl class="figures">
${figure("Lost", count(delivery.lost), ofAcked(delivery.lost), delivery.lost > 0)}
${figure("Duplicates", count(duplicates), `${count(redelivered)} redelivered, ${count(producedTwice)} produced twice`, false)}
${figure("Reordered", count(delivery.reordered), "overtaken by a later one", false)}
${figure("Stuck", count(delivery.stuck), "in flight after the drain", delivery.stuck > 0)}
${figure("End to end p50", measured(endToEnd.p50), "due to first delivery", false)}
${figure("End to end p99", measured(endToEnd.p99), `max ${measured(endToEnd.max)}`, false)}
${figure("Goodput", `${count(throughput.goodputPerSecond)}/s`, `of ${count(offered)}/s offered`, false)}
</dl>`;
}

function figure(name: string, value: string, note: string, bad: boolean): Html {
  return html`<div class="figure${bad && " bad"}"><dt>${name}</dt><dd>${bad && html`<span aria-hidden="true">▲ </span>`}${value}<small>${note}</small></dd></div>`;
}

/** What the verdict rests on, each with what was observed; open where something is missing. */
function evidenceList(evidence: RunResult["evidence"]): Html {
  const held = evidence.filter((each) => each.held).length;
  const whole = held === evidence.length;
  const items = evidence.map(
    (each) =>
      html`<li class="${each.held ? "held" : "failed"}"><span class="word">${each.held ? "✓ seen" : "✗ no"}</span> ${each.claim}<span class="dim">: ${each.why}</span></li>`,
  );
  return html`<details class="evidence"${!whole && html` open`}><summary>Evidence: ${held} of ${counted(evidence.length, "claim")} that the verdict rests on ${whole ? "hold" : "hold; the rest do not"}</summary><ul class="expectations" aria-label="Evidence">${items}</ul></details>`;
}

/** What was asked for, each with whether it held; nothing where nothing was asked. */
export function expectationList(asked: readonly { passed: boolean; text: string }[], label: string): Html | null {
  if (asked.length === 0) return null;
  const items = asked.map(
    ({ passed, text }) =>
      html`<li class="${passed ? "held" : "failed"}"><span class="word">${passed ? "✓ held" : "✗ failed"}</span> ${text}</li>`,
  );
  return html`<ul class="expectations" aria-label="${label}">${items}</ul>`;
}
