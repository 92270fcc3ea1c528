/**
 * Characters that do something to a terminal in place of being shown: controls, and those that turn the direction of a text
 * or can't be seen. Tab and newline are no such.
 */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A text that does nothing but be read: characters with an effect are shown by their code, as in JSON (`\u001b`). */
export const visible = (text: string): string =>
  text.replaceAll("\r\n", "\n").replaceAll(CONTROLS, (character) => codeOf(character));

/** The same for a stream that a CI system reads: no line of it is a command of GitHub Actions either. */
export const withoutCommands = (text: string): string =>
  visible(text)
    .replaceAll(/^([^\S\n]*):(?=:)/gm, (_, blanks: string) => `${blanks}${codeOf(":")}`)
    .replaceAll("##[", `##${codeOf("[")}`);

const codeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
