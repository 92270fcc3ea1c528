import type { GateResult } from "../../../src/gate/schema.js";
import { pairsOf } from "../../../src/gate/state.js";
import { formatChange, formatGateValue } from "../../../src/gate/words.js";
import { type Html, html } from "../html.js";
import type { Ratio } from "../svg/forest.js";
import { compareSection, scrollTable } from "./compare-parts.js";
import { type DeltaGroup, deltaTable } from "./delta.js";

type Metric = GateResult["metrics"][number];

const TOLD = { regression: "worse", improvement: "better", pass: "~", inconclusive: "~" } as const;

/** Each gated metric as a ratio with its interval and a dot for each pair. */
export function gateDelta(gate: GateResult): Html | null {
  const { metrics, settings, stored } = gate;
  if (metrics.length === 0) return null;
  const dots = stored ? "" : " A faint dot is one pair.";
  return compareSection(
    "delta",
    "Differences",
    `The candidate as a ratio of the baseline. A square is a regression, a diamond an improvement; a ring is neither.${dots} The shaded band is the smallest change that counts, ${formatChange(settings.minEffect).slice(1)} to both sides.`,
    html`${deltaTable(
      "Differences",
      metrics.map((metric) => groupOf(gate, metric)),
      settings.minEffect,
    )}<p class="note">Ratio: ${stored ? "against the median of the earlier jobs" : "Hodges-Lehmann, the median of all means of two pairs"}; its interval holds the changes that the test would not reject. Runs lie in: from the least to the greatest slice.</p>`,
  );
}

function groupOf(gate: GateResult, metric: Metric): DeltaGroup {
  const { unit, worse, baseline, candidate } = metric;
  const name = gate.stored ? `${gate.stored.jobs} earlier jobs` : "baseline";
  return {
    label: metric.label,
    better: worse === "higher" ? "lower" : "higher",
    sentence: gate.stored ? "" : `${metric.pairs} pairs measured it.`,
    rows: [
      {
        name,
        value: formatGateValue(baseline, { unit }),
        interval: range(gate, metric, "baseline"),
        ratio: null,
        why: "",
      },
      {
        name: "candidate",
        value: formatGateValue(candidate, { unit }),
        interval: range(gate, metric, "candidate"),
        ratio: ratioOf(gate, metric),
        why: whyOf(metric),
      },
    ],
  };
}

function ratioOf({ slices }: GateResult, { name, change, lower, upper, verdict }: Metric): Ratio {
  const pairs = pairsOf(slices, name).map(({ baseline, candidate }) => candidate / baseline);
  const ratio = (share: number | null) => (share === null ? null : 1 + share);
  return { ratio: 1 + change, low: ratio(lower), high: ratio(upper), pairs, told: TOLD[verdict] };
}

function whyOf({ verdict, minimumDetectableChange: least }: Metric): string {
  if (verdict === "pass") return "pass: what is tolerated is ruled out";
  if (verdict !== "inconclusive") return "";
  return least === null ? "inconclusive" : `inconclusive: ${formatChange(least)} could have been found`;
}

function range({ slices }: GateResult, { name, unit }: Metric, side: "baseline" | "candidate"): string {
  const values = slices.flatMap((slice) => (slice.side === side ? (slice.values[name] ?? []) : []));
  if (values.length === 0) return "–";
  return `${formatGateValue(Math.min(...values), { unit })} – ${formatGateValue(Math.max(...values), { unit })}`;
}

/** What differs between the two scenarios, as resolved. */
export function gateDifferences({ differences, stored }: GateResult): Html | null {
  if (stored) return null;
  const rows = differences.map(
    ({ path, baseline, candidate }) =>
      html`<tr><th scope="row">${path}</th><td class="text">${baseline}</td><td class="text">${candidate}</td></tr>`,
  );
  const sentence =
    rows.length === 0
      ? "Nothing in the scenarios differs: what else differs (a worker's code, an image) is not in them."
      : "Everything that differs between the two scenarios, as resolved.";
  return compareSection(
    "knobs",
    "What differs",
    sentence,
    rows.length > 0 && scrollTable("What differs", "knobs", ["Setting", "Baseline", "Candidate"], rows),
  );
}
