import { formatCount } from "../result/format.js";
import type { Side } from "./order.js";
import type { GateResult } from "./schema.js";
import type { Slice } from "./slice.js";

type Delivery = GateResult["delivery"]["candidate"];

/** Sums of what happened to the messages over the slices of one side. */
export function deliveryOf(slices: readonly Slice[], side: Side): Delivery {
  const own = slices.filter((slice) => slice.side === side);
  const sum = (pick: (delivery: Delivery) => number) => own.reduce((total, { delivery }) => total + pick(delivery), 0);
  return {
    sent: sum(({ sent }) => sent),
    acked: sum(({ acked }) => acked),
    lost: sum(({ lost }) => lost),
    phantom: sum(({ phantom }) => phantom),
    corrupt: sum(({ corrupt }) => corrupt),
    stuck: sum(({ stuck }) => stuck),
    unseen: sum(({ unseen }) => unseen),
    duplicates: sum(({ duplicates }) => duplicates),
  };
}

/**
 * What is wrong with the candidate's delivery, for a person. A lost, phantom or corrupt message is one too many, unless
 * the scenario itself says how many there may be; an expectation on a count must hold in every slice.
 */
export function deliveryFindings(all: readonly Slice[]): string[] {
  // What somebody else broke, or nobody could look at, is not the candidate's fault.
  const slices = all.filter(({ unproven }) => unproven === null);
  const candidate = slices.filter(({ side }) => side === "candidate");
  const expected = new Set(candidate.flatMap(({ expectations }) => expectations.map(({ metric }) => metric)));
  const [own, other] = [deliveryOf(slices, "candidate"), deliveryOf(slices, "baseline")];
  const findings: string[] = [];
  const count = (name: "lost" | "phantom" | "corrupt", covered: readonly string[]) => {
    if (own[name] === 0 || covered.some((metric) => expected.has(metric))) return;
    const too = other[name] === 0 ? "the baseline none" : `the baseline ${formatCount(other[name])} too`;
    const allow = other[name] === 0 ? "" : `; say in the scenario how many may be: expect.${name}`;
    findings.push(
      `the candidate has ${formatCount(own[name])} ${name} of ${formatCount(own.acked)} acked messages, ${too}${allow}`,
    );
  };
  count("lost", ["lost", "lostInHandler", "lostBeforeHandler"]);
  count("phantom", ["phantom"]);
  count("corrupt", ["corrupt"]);
  return [...findings, ...failedCounts(candidate)];
}

/** Why the delivery of some slices can't be judged: evidence is missing, or what became of messages can't be told. */
export function unprovenReasons(slices: readonly Slice[]): string[] {
  return slices.flatMap(({ side, pair, unproven, delivery, expectations }) => {
    if (unproven !== null) return [`pair ${pair} of the ${side} proves nothing: ${unproven}`];
    if (delivery.unseen === 0 || expectations.some(({ metric }) => metric === "unseen")) return [];
    const count = formatCount(delivery.unseen);
    return [`what became of ${count} messages in pair ${pair} of the ${side} can't be told`];
  });
}

function failedCounts(slices: readonly Slice[]): string[] {
  const failed = slices.flatMap(({ expectations, pair }) =>
    expectations.filter(({ counts, passed }) => counts && !passed).map(({ text }) => ({ text, pair })),
  );
  return failed.map(({ text, pair }) => `the candidate in pair ${pair}: ${text}`);
}

/** The scenario's expectations over the candidate's slices: counts must hold in each, times and rates in more than half. */
export function expectationsOf(slices: readonly Slice[]): GateResult["expectations"] {
  const candidate = slices.filter(({ side }) => side === "candidate");
  const first = candidate[0]?.expectations ?? [];
  return first.map(({ metric, expression, counts }, index) => {
    const each = candidate.flatMap(({ expectations }) => expectations[index] ?? []);
    const failed = each.filter(({ passed }) => !passed);
    const passed = counts ? failed.length === 0 : failed.length * 2 < each.length;
    const example = (failed[0] ?? each.at(-1))?.text ?? "";
    const text = failed.length === 0 ? example : `${example} (failed in ${failed.length} of ${each.length} slices)`;
    return { metric, expression, counts, passed, text };
  });
}
