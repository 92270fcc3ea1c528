import type { RunResult } from "../../../src/result-schema.js";
import { NS_PER_S } from "../../../src/units.js";
import { groupSize, sums } from "../downsample.js";
import { count, counted, time } from "../format.js";
import { at, type RunView } from "../run-view.js";
import { niceAbove } from "../svg/scale.js";
import { type Chart, measuredSpan, peak, rounded } from "./chart.js";

/** Below this many messages to a slice a rate is mostly the rounding of the slice. */
const MIN_PER_SLICE = 10;
const WIDEST_NS = NS_PER_S;
/** A rate above this many times the offered load is cut off: after a fault, what was held comes back all at once. */
const HIGHEST = 3;

/** Rates offered, confirmed and completed. */
export function throughputChart({ result, key, budget }: RunView): Chart {
  const { series } = result;
  const group = rateGroup(series, budget);
  const sliceNs = series.countSliceNs * group;
  const rates = (counts: readonly number[]) => sums(counts, group).map((sum) => (sum * NS_PER_S) / sliceNs);
  const offered = rates(series.offered);
  const acked = rates(series.acked);
  const completed = rates(series.completed);
  const [highest, which] = [
    [peak(acked)?.value ?? 0, "acked"] as const,
    [peak(completed)?.value ?? 0, "completed"] as const,
  ].reduce((a, b) => (b[0] > a[0] ? b : a));
  const ceiling = niceAbove(HIGHEST * (peak(offered)?.value ?? 0));
  const top = ceiling > 0 && highest > ceiling ? ceiling : null;
  const rate = (value: number) => rounded(value, 5);
  const lines = [
    { label: "offered", values: offered.map(rate), colour: 6, dash: 1 },
    { label: "acked", values: acked.map(rate), colour: 5, dash: 2 },
    { label: "completed", values: completed.map(rate), colour: 0, dash: 0 },
  ];
  return {
    data: {
      id: `${key}-throughput`,
      title: "Messages per second",
      kind: "rate",
      atS: offered.map((_, i) => (i * sliceNs) / NS_PER_S),
      sliceS: sliceNs / NS_PER_S,
      top,
      lines,
    },
    sentence: `${throughputSentence(result, completed, sliceNs)}${top === null ? "" : ` The axis ends at ${count(top)}/s; the highest step is ${count(highest)}/s (${which}).`}`,
    note: `Each step is ${time(sliceNs)} wide.`,
  };
}

function rateGroup({ offered, countSliceNs }: RunResult["series"], budget: number): number {
  const forBudget = groupSize(offered.length, budget);
  const perSlice = offered.reduce((sum, value) => sum + value, 0) / Math.max(1, offered.length);
  const forCalm = Math.ceil(MIN_PER_SLICE / Math.max(perSlice, 1e-9));
  const widest = Math.max(1, Math.floor(WIDEST_NS / countSliceNs));
  return Math.max(forBudget, Math.min(forCalm, widest));
}

function throughputSentence(result: RunResult, completed: readonly number[], sliceNs: number): string {
  const { offeredPerSecond, goodputPerSecond } = result.throughput;
  const [fromNs, toNs] = measuredSpan(result);
  const first = Math.ceil(fromNs / sliceNs);
  const inside = completed.slice(first, Math.floor(toNs / sliceNs));
  const head = `Of ${count(offeredPerSecond)} messages offered per second, ${count(goodputPerSecond)} were completed on average`;
  const lowest = peak(inside.map((rate) => -rate));
  const highest = peak(inside);
  if (!lowest || !highest) return `${head}.`;
  const low = -lowest.value;
  if (low >= 0.9 * goodputPerSecond && highest.value <= 1.1 * goodputPerSecond) return `${head}, evenly.`;
  const where = (index: number) => at(result, (first + index) * sliceNs, sliceNs);
  return `${head}; the rate fell to ${count(low)}/s ${where(lowest.index)}, and rose to ${count(highest.value)}/s ${where(highest.index)}.`;
}

/** Errors that clients saw. */
export function errorChart({ result, key, budget }: RunView): Chart {
  const { errors, countSliceNs } = result.series;
  const group = groupSize(errors.length, Math.min(budget, Math.ceil((errors.length * countSliceNs) / 5e8)));
  const sliceNs = countSliceNs * group;
  const values = sums(errors, group);
  return {
    data: {
      id: `${key}-client-errors`,
      title: "Client errors",
      kind: "count",
      atS: values.map((_, i) => (i * sliceNs) / NS_PER_S),
      sliceS: sliceNs / NS_PER_S,
      top: null,
      lines: [{ label: `errors in ${time(sliceNs)}`, values, colour: 1, dash: 0 }],
    },
    sentence: errorSentence(result, values, sliceNs),
    note: null,
  };
}

function errorSentence(result: RunResult, values: readonly number[], sliceNs: number): string {
  const total = values.reduce((sum, value) => sum + value, 0);
  const most = peak(values);
  if (total === 0 || !most) return "No client saw an error.";
  const firstNs = values.findIndex((value) => value > 0) * sliceNs;
  const first = `Clients saw ${counted(total, "error")}, first ${at(result, firstNs, sliceNs)}`;
  const many = `most in ${time(sliceNs)} were ${count(most.value)} ${at(result, most.index * sliceNs, sliceNs)}`;
  return total === most.value ? `${first}.` : `${first}; ${many}.`;
}
