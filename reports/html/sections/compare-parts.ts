import { type Content, type Html, html } from "../html.js";
import { type Mark, verdictBadge } from "../mark.js";

/** A section of the comparison page with its heading and the sentence that says what it shows. */
export function compareSection(id: string, title: string, sentence: string, body: Content): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="says">${sentence}</p>
${body}
</section>
`;
}

/** Some sentences as a list; nothing where there are none. */
export function sentenceList(texts: readonly string[], label: string): Html | null {
  if (texts.length === 0) return null;
  return html`<ul class="sentences" aria-label="${label}">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** A table that scrolls by itself where it is too wide. */
export function scrollTable(label: string, className: string, head: readonly Content[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}, table"><table class="${className}"><thead><tr>${head.map(
    (text, at) => html`<th scope="col"${at > 0 && html` class="n"`}>${text}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

const OUTCOMES = {
  "told apart": { word: "Told apart", shape: "unequal", tone: "told-apart" },
  "not told apart": { word: "Not told apart", shape: "same", tone: "same" },
  "not compared": { word: "Not compared", shape: "bar", tone: "inconclusive" },
} as const satisfies Record<string, Mark>;

/** The outcome as a word and a shape. */
export const outcomeMark = (outcome: keyof typeof OUTCOMES): Html => verdictBadge(OUTCOMES[outcome]);
