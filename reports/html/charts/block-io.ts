import type { RunResult } from "../../../src/result-schema.js";
import { NS_PER_MS } from "../../../src/units.js";
import { groupSize, means } from "../downsample.js";
import { size } from "../format.js";
import type { RunView } from "../run-view.js";
import { type Chart, peak, rounded } from "./chart.js";

/** What the brokers read from and wrote to storage, per second; no line where that could not be seen. */
export function blockIoChart({ result, key, budget }: RunView): Chart {
  const brokers = result.resources.filter(({ role, io }) => role === "broker" && io !== null);
  const atNs = brokers[0]?.atNs ?? [];
  const group = groupSize(atNs.length, budget);
  const line = (label: string, values: readonly number[], index: number) => ({
    label,
    values: means(values, group).map((value) => rounded(value, 4)),
    colour: index % 7,
    dash: index % 4,
  });
  return {
    data: {
      id: `${key}-block-io`,
      title: "Block I/O of the broker (a second)",
      kind: "bytes",
      atS: atNs.filter((_, index) => index % group === 0).map((ns) => Math.round(ns / NS_PER_MS) / 1e3),
      sliceS: null,
      top: null,
      lines: brokers.flatMap(({ name, io }, index) => [
        line(`${name} written`, io?.writtenBytesPerSecond ?? [], 2 * index),
        line(`${name} read`, io?.readBytesPerSecond ?? [], 2 * index + 1),
      ]),
    },
    sentence: blockIoSentence(brokers),
    note: group > 1 ? `Each point is the mean of ${group} samples.` : null,
  };
}

function blockIoSentence(brokers: RunResult["resources"]): string {
  const written = brokers.reduce((sum, { io }) => sum + (io?.writtenBytesTotal ?? 0), 0);
  const read = brokers.reduce((sum, { io }) => sum + (io?.readBytesTotal ?? 0), 0);
  const most = Math.max(0, ...brokers.map(({ io }) => peak(io?.writtenBytesPerSecond ?? [])?.value ?? 0));
  return `${size(written)} written, at most ${size(most)} in a second, and ${size(read)} read; what stays in the page cache is not in it.`;
}
