import type { RunEvent } from "../record/events.js";
import type { RunResult } from "./schema.js";

/** Turns samples into one series per process. */
export function resourceSeries(events: readonly Extract<RunEvent, { type: "resources" }>[]): RunResult["resources"] {
  const byName = new Map<string, RunResult["resources"][number]>();
  for (const { atNs, samples } of events) {
    for (const { name, role, cpuPercent, rssBytes, cpuSeconds } of samples) {
      const series = byName.get(name) ?? { name, role, atNs: [], cpuPercent: [], rssBytes: [], cpuSecondsTotal: 0 };
      series.atNs.push(atNs);
      series.cpuPercent.push(Math.round(cpuPercent * 10) / 10);
      series.rssBytes.push(rssBytes);
      byName.set(name, { ...series, cpuSecondsTotal: cpuSeconds });
    }
  }
  return [...byName.values()];
}
