import type { RunResult } from "../../src/result-schema.js";
import { NS_PER_MS, NS_PER_S } from "../../src/units.js";

/** Histogram log (.hlog 1.3) with one tagged interval per latency and phase, values in nanoseconds. */
export function renderHlog(result: RunResult): string {
  const startSeconds = (Date.parse(result.run.startedAt) / 1000).toFixed(3);
  const lines = [
    `#[Histogram log format version 1.3]`,
    `#[havoq run ${result.run.id}; values in ns, by the phase in which the message was due]`,
    `#[StartTime: ${startSeconds} (seconds since epoch)]`,
    `"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"`,
  ];
  for (const phase of result.phases) {
    for (const [name, { phases }] of Object.entries(result.latency)) {
      const stats = phases[phase.name];
      if (!stats || stats.count === 0) continue;
      const start = (phase.startNs / NS_PER_S).toFixed(3);
      const length = ((phase.endNs - phase.startNs) / NS_PER_S).toFixed(3);
      lines.push(`Tag=${name},${start},${length},${(stats.max / NS_PER_MS).toFixed(3)},${stats.histogram}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
