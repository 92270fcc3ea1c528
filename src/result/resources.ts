import type { ResourceSample, RunEvent } from "../record/events.js";
import type { RunResult } from "../result-schema.js";

type Resource = RunResult["resources"][number];

/** Turns samples into one series per process. */
export function resourceSeries(events: readonly Extract<RunEvent, { type: "resources" }>[]): Resource[] {
  const byName = new Map<string, { atNs: number; sample: ResourceSample }[]>();
  for (const { atNs, samples } of events) {
    for (const sample of samples) {
      const known = byName.get(sample.name);
      if (known) known.push({ atNs, sample });
      else byName.set(sample.name, [{ atNs, sample }]);
    }
  }
  return [...byName].map(([name, list]) => {
    const samples = list.map(({ sample }) => sample);
    return {
      name,
      role: samples[0]?.role ?? "havoq",
      atNs: list.map(({ atNs }) => atNs),
      cpuPercent: samples.map(({ cpuPercent }) => Math.round(cpuPercent * 10) / 10),
      rssBytes: samples.map(({ rssBytes }) => rssBytes),
      cpuSecondsTotal: samples.at(-1)?.cpuSeconds ?? 0,
      io: blockIo(samples),
    };
  });
}

function blockIo(samples: readonly ResourceSample[]): Resource["io"] {
  const last = samples.findLast(({ io }) => io !== null)?.io;
  if (!last) return null;
  return {
    readBytesPerSecond: samples.map(({ io }) => Math.round(io?.readBytesPerSecond ?? 0)),
    writtenBytesPerSecond: samples.map(({ io }) => Math.round(io?.writtenBytesPerSecond ?? 0)),
    readBytesTotal: last.readBytes,
    writtenBytesTotal: last.writtenBytes,
  };
}
