/** The secrets that this process has come to know, so that whatever it writes can go without them. */
import { formsOf, HIDDEN, hideInUrls } from "./urls.js";

/** Shorter ones are replaced where they stand only: anywhere else they may be a part of any word. */
const SHORTEST = 4;
/** Shortest beginning of a secret that is replaced where a text was cut. */
const SHORTEST_CUT = 6;

/** Secrets, and what is written in place of each. */
export class Secrets {
  private readonly parts = new Map<string, string>();
  private readonly cuttable = new Set<string>();
  private readonly wholes = new Map<string, string>();
  private pattern: RegExp | null = null;

  /** A secret that may turn up in any text. */
  add(secret: string, shown: string = HIDDEN): void {
    for (const form of formsOf(secret)) {
      this.addForm(form, shown);
      if (form.length > SHORTEST_CUT) this.cuttable.add(form);
    }
  }

  /** A value of a scenario that is written down in another form. */
  addWhole(value: string, shown: string): void {
    if (value === shown) return;
    this.wholes.set(value, shown);
    if (value.length > 2 * SHORTEST) this.addForm(value, shown);
  }

  /** The form in which a whole value is written down, if there is another. */
  shown(value: string): string | undefined {
    return this.wholes.get(value);
  }

  get isEmpty(): boolean {
    return this.parts.size === 0;
  }

  /** A text without the secrets, also where it was cut in the middle of one. */
  hide(text: string): string {
    if (this.isEmpty) return hideInUrls(text);
    this.pattern ??= new RegExp(
      [...this.parts.keys()]
        .sort((a, b) => b.length - a.length)
        .map(escaped)
        .join("|"),
      "g",
    );
    const hidden = text.replaceAll(this.pattern, (found) => this.parts.get(found) ?? HIDDEN);
    return hideInUrls(this.hideCut(hidden));
  }

  private addForm(form: string, shown: string): void {
    if (form.length < SHORTEST) return;
    // The name of a variable says more than stars.
    if (this.parts.get(form) === undefined || shown !== HIDDEN) this.parts.set(form, shown);
    this.pattern = null;
  }

  private hideCut(text: string): string {
    return text
      .split("…")
      .map((piece) => {
        const cut = Math.max(0, ...[...this.cuttable].map((secret) => beginningAtEnd(piece, secret)));
        return cut === 0 ? piece : `${piece.slice(0, -cut)}${HIDDEN}`;
      })
      .join("…");
  }
}

/** How many characters at the end of a text are the beginning of a secret. */
function beginningAtEnd(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= SHORTEST_CUT; length--)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Those of this process: a process is one command, and what one of its runs must not write, no other may. */
export const knownSecrets = new Secrets();
