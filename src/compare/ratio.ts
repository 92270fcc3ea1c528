/** Tells targets apart by the ratios of their runs; the method and its sources are in docs/compare.md. */
import { studentCritical, studentTwoSided } from "../stats/student.js";

/** Probability of any wrong difference between two equal targets, over all metrics together. */
export const FAMILY_ALPHA = 0.01;
/** A ratio nearer to 1 than this is no difference, however sure. */
export const MINIMUM_EFFECT = 0.05;
/** Pairs below which nothing is told apart. */
export const FEWEST_PAIRS = 3;
/** Weight of the usual noise beside the measured one, in degrees of freedom. */
const USUAL_DF = 4;

/** One metric of two targets, round by round. */
export interface RatioQuestion {
  readonly usualSd: number;
  readonly floor: number;
  readonly step: number;
  readonly better: "lower" | "higher";
  /** Values of the reference and of the other, of the same rounds; `null` or infinite where there is none. */
  readonly pairs: readonly (readonly [reference: number | null, other: number | null])[];
}

/** Whether the other is better or worse than the reference, or it can't be told. */
export type Told = "better" | "worse" | "~";

/** The answer for one metric. */
export interface RatioAnswer {
  /** Geometric mean of the ratios, and the interval by which it was decided; `null` without pairs. */
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, not adjusted. */
  readonly p: number | null;
  /** Confidence of the interval after Holm's adjustment, 0 to 1. */
  readonly confidence: number;
  /** Ratio of each pair. */
  readonly pairs: readonly number[];
  readonly told: Told;
  /** Why nothing was told; empty otherwise. */
  readonly why: string;
}

interface Tested {
  readonly question: RatioQuestion;
  readonly logs: readonly number[];
  readonly mean: number;
  readonly error: number;
  readonly df: number;
  readonly p: number;
}

/** Answers all questions about one pair of targets together: Holm's step-down over them. */
export function tellApart(questions: readonly RatioQuestion[]): RatioAnswer[] {
  const tests = questions.map(testOne);
  const ranked = tests.filter((test) => test !== null).sort((a, b) => a.p - b.p);
  const levels = new Map<Tested, { alpha: number; rejected: boolean }>();
  let open = true;
  let alpha = FAMILY_ALPHA;
  ranked.forEach((test, rank) => {
    if (open) alpha = FAMILY_ALPHA / (ranked.length - rank);
    open = open && test.p <= alpha;
    levels.set(test, { alpha, rejected: open });
  });
  return tests.map((test, at) => {
    const level = test && levels.get(test);
    return test && level ? answer(test, level.alpha, level.rejected) : untested(questions[at]);
  });
}

function logsOf({ pairs, step }: RatioQuestion): number[] {
  return pairs.flatMap(([reference, other]) => {
    const log = reference === null || other === null ? Number.NaN : Math.log((other + step) / (reference + step));
    return Number.isFinite(log) ? [log] : [];
  });
}

const hasValues = (pair: readonly (number | null)[]) => pair.every((value) => value !== null && Number.isFinite(value));

/** A moderated paired t: the measured variance is drawn towards the usual one, which two or three runs can't know. */
function testOne(question: RatioQuestion): Tested | null {
  // Those that have a value may be the better runs: alone they would speak too well of a target.
  if (question.pairs.some((pair) => !hasValues(pair))) return null;
  const logs = logsOf(question);
  const n = logs.length;
  if (n < FEWEST_PAIRS) return null;
  const mean = logs.reduce((sum, log) => sum + log, 0) / n;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  const df = USUAL_DF + n - 1;
  const error = Math.sqrt((USUAL_DF * question.usualSd ** 2 + squares) / df / n);
  return { question, logs, mean, error, df, p: studentTwoSided(mean / error, df) };
}

function answer({ question, logs, mean, error, df, p }: Tested, alpha: number, rejected: boolean): RatioAnswer {
  const reach = studentCritical(alpha, df) * error;
  const why = reasonAgainst(question, mean, rejected);
  const worse = question.better === "lower" ? mean > 0 : mean < 0;
  return {
    ratio: Math.exp(mean),
    low: Math.exp(mean - reach),
    high: Math.exp(mean + reach),
    p,
    confidence: 1 - alpha,
    pairs: logs.map(Math.exp),
    told: why !== "" ? "~" : worse ? "worse" : "better",
    why,
  };
}

function reasonAgainst({ pairs, floor }: RatioQuestion, mean: number, rejected: boolean): string {
  if (!rejected) return "within the noise";
  if (Math.abs(mean) < Math.log1p(MINIMUM_EFFECT)) return "less than 5 %";
  const differences = pairs.flatMap(([a, b]) => (a === null || b === null ? [] : [Math.abs(b - a)]));
  const sorted = differences.sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0) < floor ? "too small to matter" : "";
}

/** What can be said without a test: that one never came to an end where the other always did. */
function untested(question: RatioQuestion | undefined): RatioAnswer {
  const pairs = question?.pairs ?? [];
  const logs = question ? logsOf(question) : [];
  const whole = logs.length > 0 && pairs.every(hasValues);
  const ratio = !whole ? null : Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const bare = { ratio, low: null, high: null, p: null, confidence: 0, pairs: logs.map(Math.exp) };
  const never = (value: number | null | undefined) => value === Number.POSITIVE_INFINITY;
  if (!pairs.some((pair) => pair.some(never)))
    return {
      ...bare,
      told: "~",
      why: whyUntested(logs.length, whole),
    };
  const always = pairs.length >= FEWEST_PAIRS && pairs.every((pair) => !pair.includes(null));
  if (always && pairs.every(([a, b]) => !never(a) && never(b))) return { ...bare, told: "worse", why: "" };
  if (always && pairs.every(([a, b]) => never(a) && !never(b))) return { ...bare, told: "better", why: "" };
  return { ...bare, told: "~", why: "some runs ended before it did" };
}

function whyUntested(measured: number, whole: boolean): string {
  if (measured === 0) return "nothing was measured";
  return whole ? `fewer than ${FEWEST_PAIRS} pairs of runs` : "some runs have no value";
}
