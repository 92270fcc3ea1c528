/** What a comparison found, in words and figures for people; the same in every report. */
import { formatBytes } from "../format.js";
import { formatCount, formatNs } from "../result/format.js";
import { COUNT_METRICS, type CompareUnit } from "./metrics.js";
import type { ComparedValue, Comparison, Difference, Subject } from "./schema.js";

/** Stands where nothing was measured. */
export const NOTHING = "–";

/** How it came out in one word. */
export type Outcome = "told apart" | "not told apart" | "not compared";

/** Whether any two sides could be told apart. */
export function outcomeOf({ subjects, differences, countDifferences }: Comparison): Outcome {
  if (subjects.length < 2) return "not compared";
  const any = [...differences, ...countDifferences].some(({ told }) => told !== "~");
  return any ? "told apart" : "not told apart";
}

/** A run that no figure rests on: "redis, round 2, failed: ...". */
export function failureText({ subject, round, kind, message }: Comparison["failures"][number]): string {
  const how = kind === "failed" ? "failed:" : "proves nothing:";
  return `${subject}, round ${round}, ${how} ${message}`;
}

/** How many were compared and how often, in one line. */
export function headline({ subjects, reference, interrupted, failures }: Comparison): string {
  const counts = [...new Set(subjects.map(({ runs }) => runs.length))];
  const runs =
    counts.length === 1
      ? `${plural(counts[0] ?? 0, "run")} each`
      : `${Math.min(...counts)} to ${Math.max(...counts)} runs`;
  const against = subjects.length > 1 ? `, against ${reference}` : "";
  const cut = interrupted ? "; cut short, what was finished is compared" : "";
  const left = (kind: Comparison["failures"][number]["kind"], words: string) => {
    const number = failures.filter((each) => each.kind === kind).length;
    return number > 0 ? `; ${plural(number, "run")} ${words}` : "";
  };
  const out = `${left("failed", "failed")}${left("unproven", "left out, for want of evidence")}`;
  return `${plural(subjects.length, "target")}, ${runs}${against}${cut}${out}`;
}

/** "1 run", "2 runs". */
export function plural(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** A value in its unit. */
export function valueText(value: ComparedValue, unit: CompareUnit): string {
  if (value === null) return NOTHING;
  if (value === "never") return "not in time";
  if (unit === "ns") return formatNs(value);
  if (unit === "perSecond") return `${formatCount(value)}/s`;
  if (unit === "bytes") return formatBytes(value);
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} s`;
}

/** A ratio with three significant digits. */
export function ratioText(ratio: number | null): string {
  if (ratio === null) return NOTHING;
  return ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2);
}

/** Runs in which a count was not 0, and the sum: "3 of 3 runs, 1,412". */
export function countText({ counts, runs }: Subject, metric: string): string {
  const values = counts[metric] ?? [];
  const some = values.filter((value) => value > 0).length;
  if (some === 0) return "0";
  return `${formatCount(sumOf(values))} in ${some} of ${runs.length}`;
}

/** What a target did as fast as it could: "1,200/s acked, 950/s completed"; empty when it was not asked. */
export function capacityText({ capacity }: Subject): string {
  if (capacity === null) return "";
  const rate = (perSecond: number) => `${Math.round(perSecond).toLocaleString("en-US")}/s`;
  return `${rate(capacity.ackedPerSecond)} acked, ${rate(capacity.goodputPerSecond)} completed`;
}

/** The sum of some numbers; 0 of none. */
export const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The sentences of the verdict: loss first, then what else was told apart. */
export function verdictSentences(comparison: Comparison): string[] {
  return [...countSentences(comparison), ...differenceSentences(comparison)];
}

/** Who lost messages, left them stuck or delivered them twice, and in how many runs. */
export function countSentences({ subjects }: Comparison): string[] {
  return COUNT_METRICS.flatMap(({ id, verb }) => {
    const sum = ({ counts }: Subject) => sumOf(counts[id] ?? []);
    const some = subjects.filter((subject) => sum(subject) > 0);
    const none = subjects.filter((subject) => sum(subject) === 0).map(({ name }) => name);
    if (some.length === 0) return id === "lost" ? ["No acked message was lost by any."] : [];
    const told = some.map((subject) => {
      const runs = (subject.counts[id] ?? []).filter((value) => value > 0).length;
      const of = id === "lost" ? ` of ${formatCount(sumOf(subject.acked))}` : "";
      return `${subject.name} in ${runs} of ${plural(subject.runs.length, "run")} (${formatCount(sum(subject))}${of})`;
    });
    const rest = id === "lost" && none.length > 0 ? `; none by ${none.join(", ")}` : "";
    return [`Messages ${verb} by ${told.join(", ")}${rest}.`];
  });
}

/** What else is told apart, a sentence for each metric. */
export function differenceSentences({ differences, subjects, metrics }: Comparison): string[] {
  if (subjects.length < 2) return [];
  return metrics.flatMap(({ id, label, better }) => {
    const own = differences.filter(({ metric }) => metric === id);
    const words = better === "lower" ? { better: "lower", worse: "higher" } : { better: "higher", worse: "lower" };
    const part = (told: "better" | "worse") => {
      const some = own.filter((each) => each.told === told).map((each) => `${each.subject}${times(each)}`);
      return some.length === 0 ? [] : [`${words[told]} with ${some.join(", ")}`];
    };
    const parts = [...part("better"), ...part("worse")];
    return parts.length === 0 ? [] : [`${label}: ${parts.join("; ")}.`];
  });
}

const times = ({ ratio }: Difference): string => (ratio === null ? "" : ` (×${ratioText(ratio)})`);

/** "×1.23 worse", "~", or nothing for the reference itself. */
export function toldText(difference: Pick<Difference, "ratio" | "told"> | undefined): string {
  if (!difference) return "";
  const { ratio, told } = difference;
  if (ratio === null && told === "~") return "";
  const size = ratio === null ? "" : `×${ratioText(ratio)} `;
  return told === "~" ? `${size}~` : `${size}${told}`;
}

/** A difference of one subject on one metric. */
export function differenceOf({ differences }: Comparison, subject: string, metric: string): Difference | undefined {
  return differences.find((each) => each.subject === subject && each.metric === metric);
}
