/** Small multiples of what the broker and its processes report. */

import type { RunResult } from "../../../src/result-schema.js";
import { NS_PER_S } from "../../../src/units.js";
import { groupSize } from "../downsample.js";
import { count } from "../format.js";
import { endNs } from "../run-view.js";
import { niceAbove } from "../svg/scale.js";
import { peak, rounded } from "./chart.js";
import { drawn, longest, type MultipleChart, type MultipleRow, type Panel, runLine, starts } from "./multiple-parts.js";

/** Messages that wait, as the broker reported them. */
export function backlogRow(panels: readonly Panel[], budget: number): MultipleRow {
  // Samples of different runs are not taken at the same moments: half-second slots bring them together.
  const slotNs =
    5e8 *
    groupSize(
      longest(panels, (result) => Math.ceil(endNs(result) / 5e8)),
      budget,
    );
  const all = panels.map((panel) => drawn(panel).map((run) => ({ run, values: slotted(run.result, slotNs) })));
  const most = Math.max(1, ...all.flat().map(({ values }) => peak(values)?.value ?? 0));
  const top = niceAbove(most);
  const charts = panels.map((panel, at): MultipleChart => {
    const lines = (all[at] ?? []).map(({ run, values }, line) => runLine(line, run, values));
    const length = Math.max(0, ...lines.map(({ values }) => values.length));
    const highest = peak(lines.flatMap(({ values }) => values));
    const title = `Backlog: ${panel.name}`;
    const data = {
      id: `${panel.key}-backlog`,
      title,
      kind: "count" as const,
      atS: starts(length, slotNs / NS_PER_S),
      sliceS: slotNs / NS_PER_S,
      top,
      lines,
    };
    return {
      data,
      sentence: highest ? `At most ${count(highest.value)} messages waited.` : "The broker reported no queue length.",
    };
  });
  return { id: "backlog", title: "Messages that wait in the broker", charts };
}

function slotted(result: RunResult, slotNs: number): (number | null)[] {
  const { atNs, ready } = result.series.backlog;
  const slots: (number | null)[] = Array.from({ length: Math.ceil(endNs(result) / slotNs) }, () => null);
  atNs.forEach((ns, at) => {
    const slot = Math.min(slots.length - 1, Math.max(0, Math.floor(ns / slotNs)));
    const value = ready[at] ?? null;
    if (value !== null) slots[slot] = Math.max(slots[slot] ?? 0, value);
  });
  return slots;
}

/** What the broker's processes used, all together. */
export function cpuRow(panels: readonly Panel[], budget: number): MultipleRow {
  const slotNs =
    NS_PER_S *
    groupSize(
      longest(panels, (result) => Math.ceil(endNs(result) / NS_PER_S)),
      budget,
    );
  const all = panels.map((panel) => drawn(panel).map((run) => ({ run, values: cpuSlots(run.result, slotNs) })));
  const top = niceAbove(Math.max(1, ...all.flat().map(({ values }) => peak(values)?.value ?? 0)));
  const charts = panels.map((panel, at): MultipleChart => {
    const lines = (all[at] ?? []).map(({ run, values }, line) => runLine(line, run, values));
    const length = Math.max(0, ...lines.map(({ values }) => values.length));
    const highest = peak(lines.flatMap(({ values }) => values));
    const steps = { atS: starts(length, slotNs / NS_PER_S), sliceS: slotNs / NS_PER_S, top };
    const data = {
      id: `${panel.key}-cpu`,
      title: `Broker CPU: ${panel.name}`,
      kind: "percent" as const,
      ...steps,
      lines,
    };
    return {
      data,
      sentence: highest ? `At most ${count(highest.value)} % of one core.` : "The broker's CPU was not measured.",
    };
  });
  return { id: "cpu", title: "CPU of the broker, in per cent of one core", charts };
}

/** Means over the slots of the sums over the broker's processes. */
function cpuSlots(result: RunResult, slotNs: number): (number | null)[] {
  const slots = Array.from({ length: Math.ceil(endNs(result) / slotNs) }, () => ({ sum: 0, samples: 0 }));
  const brokers = result.resources.filter(({ role }) => role === "broker");
  for (const { atNs, cpuPercent } of brokers) {
    atNs.forEach((ns, at) => {
      const slot = slots[Math.min(slots.length - 1, Math.max(0, Math.floor(ns / slotNs)))];
      if (!slot) return;
      slot.sum += cpuPercent[at] ?? 0;
      slot.samples += 1;
    });
  }
  return slots.map(({ sum, samples }) => (samples === 0 ? null : rounded((sum / samples) * brokers.length, 4)));
}
