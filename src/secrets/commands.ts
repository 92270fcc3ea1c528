/** What of a command of the user's own may be a secret, and the command without it. */
import { HIDDEN } from "./urls.js";

const REFERENCE = /\$\{\w+\}/g;
const PROGRAM = /^[\w./~-]+$/;
const FLAG = /^--[a-z][a-z-]*$/;
const SCRIPT = /^(?:[\w.-]*\/)*[\w-]+\.(?:[cm]?js|ts|py|rb|sh|jar|php|pl|lua|exe)$/;

/** A hook as it may be written down: its program, and references such as `${TOKEN}`. */
export function shownCommand(command: string): string {
  const [program = "", ...rest] = command.trim().split(/\s+/);
  if (rest.length === 0 && PROGRAM.test(program)) return command;
  const known = PROGRAM.test(program) ? [program] : [];
  const shown = hideAround(PROGRAM.test(program) ? rest.join(" ") : command);
  return [...known, shown].join(" ");
}

/** One word of a worker's command as it may be written down: program, script, flags and references stay. */
export function shownWord(word: string, index: number): string {
  if ((index === 0 && PROGRAM.test(word)) || FLAG.test(word) || SCRIPT.test(word)) return word;
  const [, flag, value] = /^(--[a-z][a-z-]*=)(.+)$/s.exec(word) ?? [];
  return flag !== undefined && value !== undefined ? `${flag}${hideAround(value)}` : hideAround(word);
}

/** References stay, everything else is one `***`. */
function hideAround(text: string): string {
  const pieces = text.split(REFERENCE).map((piece) => (piece.trim() === "" ? "" : HIDDEN));
  const references = text.match(REFERENCE) ?? [];
  return pieces
    .flatMap((piece, at) => [piece, references[at] ?? ""])
    .filter((piece) => piece !== "")
    .join(" ");
}

const CUE = /(?:pass\w*|pwd|secret|token|bearer|basic|key|auth\w*|-u|-p)["']?[\s=:]*["']?$/i;
const LEAST_WORD = 6;

/** Words of a command that look like secrets: those with digits or capitals, and what follows `token`, `-u` and the like. */
export function secretWords(command: string): string[] {
  return [...command.matchAll(/[^\s"'`=:;,@|&<>()${}]+/g)].flatMap(({ 0: word, index }) => {
    if (word.length < LEAST_WORD || /^(?:[./~]|--)/.test(word) || SCRIPT.test(word)) return [];
    return /[\dA-Z]/.test(word) || CUE.test(command.slice(0, index)) ? [word] : [];
  });
}
