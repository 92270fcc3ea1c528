import { type Html, html, trusted } from "./html.js";

/** Told apart without colour: a disc, a square, a triangle, each with a sign of its own. */
const SHAPES = {
  tick: '<circle class="shape" cx="12" cy="12" r="11"/><path class="sign" d="M6.5 12.5l4 4 7-8"/>',
  up: '<circle class="shape" cx="12" cy="12" r="11"/><path class="sign" d="M12 18v-12M7 11l5-5 5 5"/>',
  same: '<circle class="shape" cx="12" cy="12" r="11"/><path class="sign" d="M6 13c2-4 4-4 6-1s4 3 6-1"/>',
  cross: '<path class="shape" d="M2 2h20v20h-20z"/><path class="sign" d="M7 7l10 10M17 7l-10 10"/>',
  unequal: '<path class="shape" d="M2 2h20v20h-20z"/><path class="sign" d="M6 9.5h12M6 14.5h12M15 5l-6 14"/>',
  bar: '<path class="shape" d="M12 1l11 21h-22z"/><path class="sign" d="M12 9v6M12 18v1.5"/>',
} as const;

/** How something ended: a word, a shape and a colour (a class of the style sheet). */
export interface Mark {
  readonly word: string;
  readonly shape: keyof typeof SHAPES;
  readonly tone: string;
}

/** Draws how something ended. */
export function verdictBadge({ word, shape, tone }: Mark): Html {
  return html`<span class="verdict ${tone}"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${trusted(SHAPES[shape])}</svg> ${word}</span>`;
}
