/** Patterns of use against systems: which system meets which pattern's expectations. */
import * as z from "zod";
import type { Comparison, Subject } from "./schema.js";
import { sumOf } from "./words.js";

/** Version of `patterns.json`; a breaking change adds one. */
const PATTERNS_VERSION = 1;

const cell = z.strictObject({
  target: z.string(),
  /** met: every expectation in every run; refused: a capability is missing; failed: no run came to its end. */
  state: z.enum(["met", "missed", "refused", "failed"]),
  runs: z.int().nonnegative(),
  /** Runs that passed: all expectations held, and everything that they rest on was observed. */
  held: z.int().nonnegative(),
  acked: z.int().nonnegative(),
  lost: z.int().nonnegative(),
  lostRuns: z.int().nonnegative(),
  headroom: z.strictObject({ metric: z.string(), ratio: z.number() }).nullable(),
  /** What did not hold, or which capability is missing, a sentence each. */
  reasons: z.array(z.string()),
});

/** The whole of `patterns.json`. */
export const patternsSchema = z.strictObject({
  schemaVersion: z.literal(PATTERNS_VERSION),
  havoqVersion: z.string(),
  command: z.string(),
  startedAt: z.string().nullable(),
  /** Machine and kernel, for a person. */
  machine: z.string().nullable(),
  interrupted: z.boolean(),
  targets: z.array(z.string()),
  patterns: z.array(
    z.strictObject({
      name: z.string(),
      question: z.string().nullable(),
      /** Folder of the pattern's comparison, from the folder of the matrix; `null` when nothing was run. */
      directory: z.string().nullable(),
      cells: z.array(cell),
    }),
  ),
});

/** The content of `patterns.json`. */
export type PatternMatrix = z.infer<typeof patternsSchema>;
/** One pattern on one target, as `patterns.json` has it. */
export type PatternCell = z.infer<typeof cell>;

/** One pattern, as far as it was run. */
export interface PatternRuns {
  readonly name: string;
  readonly question: string | null;
  readonly directory: string | null;
  readonly comparison: Comparison | null;
  /** Targets that lack something the pattern needs, and what. */
  readonly refused: readonly { readonly target: string; readonly reasons: readonly string[] }[];
}

/** Everything that a matrix is made from. */
export interface PatternsInput {
  readonly havoqVersion: string;
  readonly command: string;
  readonly machine: string | null;
  readonly interrupted: boolean;
  readonly targets: readonly string[];
  readonly patterns: readonly PatternRuns[];
}

/** Puts the matrix together: a row for each pattern, a cell for each target. */
export function buildPatterns(input: PatternsInput): PatternMatrix {
  const began = input.patterns.flatMap(({ comparison }) =>
    (comparison?.subjects ?? []).flatMap(({ runs }) => runs.map(({ startedAt }) => startedAt)),
  );
  return {
    schemaVersion: PATTERNS_VERSION,
    havoqVersion: input.havoqVersion,
    command: input.command,
    startedAt: began.sort()[0] ?? null,
    machine: input.machine,
    interrupted: input.interrupted,
    targets: [...input.targets],
    patterns: input.patterns.map((pattern) => ({
      name: pattern.name,
      question: pattern.question,
      directory: pattern.directory,
      cells: input.targets.map((target) => cellOf(pattern, target)),
    })),
  };
}

function cellOf({ comparison, refused }: PatternRuns, target: string): PatternCell {
  const nothing = { target, runs: 0, held: 0, acked: 0, lost: 0, lostRuns: 0, headroom: null };
  const refusal = refused.find((each) => each.target === target);
  if (refusal) return { ...nothing, state: "refused", reasons: [...refusal.reasons] };
  const subject = comparison?.subjects.find((each) => each.target === target);
  if (subject) return measured(subject);
  const failures = comparison?.failures.filter((failure) => failure.subject === target) ?? [];
  const reasons = failures.length > 0 ? failures.map(({ message }) => message) : ["not run"];
  return { ...nothing, state: "failed", reasons };
}

function measured({ target, runs, acked, counts, headroom }: Subject): PatternCell {
  const lost = counts["lost"] ?? [];
  const held = runs.filter(({ verdict }) => verdict === "pass").length;
  return {
    target,
    state: held === runs.length ? "met" : "missed",
    runs: runs.length,
    held,
    acked: sumOf(acked),
    lost: sumOf(lost),
    lostRuns: lost.filter((count) => count > 0).length,
    headroom,
    reasons: [...new Set(runs.flatMap(({ failedExpectations }) => failedExpectations))],
  };
}
