import { formatCount } from "../result/format.js";
import type { PatternCell, PatternMatrix } from "./patterns.js";
import { plural, ratioText } from "./words.js";

/** A cell in a word or two: "met ×4.1", "missed 2 of 3", "refused". */
export function cellText({ state, runs, held, headroom }: PatternCell): string {
  if (state === "refused" || state === "failed") return state;
  const room = headroom === null ? "" : ` ×${ratioText(headroom.ratio)}`;
  return state === "met" ? `met${room}` : `missed ${runs - held} of ${runs}${room}`;
}

/** What was lost, or an empty text. */
export function lossText({ lost, lostRuns, runs }: PatternCell): string {
  return lost === 0 ? "" : `lost ${formatCount(lost)} in ${lostRuns} of ${runs}`;
}

/** How it came out in one sentence. */
export function patternsSentence({ patterns, targets, interrupted }: PatternMatrix): string {
  const cells = patterns.flatMap((pattern) => pattern.cells);
  const count = (state: PatternCell["state"]) => cells.filter((cell) => cell.state === state).length;
  const rest = [
    ...(count("refused") > 0 ? [`${count("refused")} refused for want of a capability`] : []),
    ...(count("failed") > 0 ? [`${count("failed")} not run to their end`] : []),
  ];
  const cut = interrupted ? " It was cut short." : "";
  const also = rest.length > 0 ? `, ${rest.join(", ")}` : "";
  return `${plural(patterns.length, "pattern")} on ${plural(targets.length, "target")}: ${count("met")} met, ${count("missed")} missed${also}.${cut}`;
}

/** All reasons of a matrix, a line each: why a cell is not met. */
export function patternReasons({
  patterns,
}: PatternMatrix): { pattern: string; target: string; reasons: readonly string[] }[] {
  return patterns.flatMap(({ name, cells }) =>
    cells.flatMap(({ target, reasons }) => (reasons.length > 0 ? [{ pattern: name, target, reasons }] : [])),
  );
}
