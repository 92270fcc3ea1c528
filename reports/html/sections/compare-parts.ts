import { type Content, type Html, html, trusted } from "../html.js";

/** A section of the comparison page with its heading and the sentence that says what it shows. */
export function compareSection(id: string, title: string, sentence: string, body: Content): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="says">${sentence}</p>
${body}
</section>
`;
}

/** A table that scrolls by itself where it is too wide. */
export function scrollTable(label: string, className: string, head: readonly Content[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}, table"><table class="${className}"><thead><tr>${head.map(
    (text, at) => html`<th scope="col"${at > 0 && html` class="n"`}>${text}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

const SHAPES = {
  "told apart": '<path class="shape" d="M2 2h20v20h-20z"/><path class="sign" d="M6 9.5h12M6 14.5h12M15 5l-6 14"/>',
  "not told apart": '<circle class="shape" cx="12" cy="12" r="11"/><path class="sign" d="M6 13c2-4 4-4 6-1s4 3 6-1"/>',
  "not compared": '<path class="shape" d="M12 1l11 21h-22z"/><path class="sign" d="M12 9v6M12 18v1.5"/>',
} as const;

/** The outcome as a word and a shape. */
export function outcomeMark(outcome: keyof typeof SHAPES): Html {
  const tone = { "told apart": "told-apart", "not told apart": "same", "not compared": "inconclusive" }[outcome];
  const word = `${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}`;
  return html`<span class="verdict ${tone}"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${trusted(SHAPES[outcome])}</svg> ${word}</span>`;
}
