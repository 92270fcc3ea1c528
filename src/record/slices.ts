import type { RunResult } from "../result-schema.js";
import type { Nanoseconds } from "../units.js";
import { type Histogram, newHistogram, percentileNs, recordNs, restoreHistogram, snapshotOf } from "./histogram.js";

/** Counts per slice of time; grows to the latest time it is given. */
export class SliceCounts {
  readonly counts: number[] = [];

  constructor(private readonly sliceNs: number) {}

  add(atNs: Nanoseconds, count = 1): void {
    const slice = Math.max(0, Math.floor(atNs / this.sliceNs));
    while (this.counts.length <= slice) this.counts.push(0);
    this.counts[slice] = (this.counts[slice] ?? 0) + count;
  }

  /** The counts, padded with zeros to `length` slices. */
  padded(length: number): number[] {
    return Array.from({ length: Math.max(length, this.counts.length) }, (_, slice) => this.counts[slice] ?? 0);
  }
}

type LatencySeries = RunResult["series"]["latency"]["publish"];

/** Logarithmic buckets to a doubling of the latency, from 1 us. */
const BUCKETS_PER_OCTAVE = 3;
const FIRST_BUCKET_NS = 1000;

interface LatencySlice {
  readonly histogram: Histogram;
  readonly buckets: number[];
}

/** One HDR histogram per slice; a latency belongs to the slice in which its message was due. */
export class SliceHistograms {
  private readonly slices: (LatencySlice | undefined)[] = [];

  constructor(private readonly sliceNs: number) {}

  record(dueNs: Nanoseconds, latencyNs: number): void {
    const index = Math.max(0, Math.floor(dueNs / this.sliceNs));
    let slice = this.slices[index];
    if (!slice) {
      slice = { histogram: newHistogram(2), buckets: [] };
      this.slices[index] = slice;
    }
    recordNs(slice.histogram, latencyNs);
    const bucket = bucketOf(latencyNs);
    slice.buckets[bucket] = (slice.buckets[bucket] ?? 0) + 1;
  }

  /** The slices as plain data for `restore`. */
  snapshot() {
    return Array.from(this.slices, (slice) => slice && { ...slice, histogram: snapshotOf(slice.histogram) });
  }

  restore(state: ReturnType<SliceHistograms["snapshot"]>): void {
    for (const slice of state) {
      if (!slice) {
        this.slices.push(undefined);
        continue;
      }
      const histogram = newHistogram(2);
      restoreHistogram(histogram, slice.histogram);
      this.slices.push({ histogram, buckets: slice.buckets });
    }
  }

  /** Percentiles per slice, over `length` slices. */
  series(length: number): LatencySeries {
    const slices = Array.from({ length }, (_, index) => this.slices[index]?.histogram);
    const at = (percentile: number) => slices.map((slice) => (slice ? percentileNs(slice, percentile) : null));
    return {
      count: slices.map((slice) => slice?.totalCount ?? 0),
      p50: at(50),
      p90: at(90),
      p99: at(99),
      max: slices.map((slice) => slice?.maxValue ?? null),
    };
  }

  /** Counts per slice and logarithmic bucket, over `length` slices. */
  heatmap(length: number): RunResult["series"]["heatmap"] {
    const cells: [number, number, number][] = [];
    let buckets = 0;
    this.slices.slice(0, length).forEach((slice, index) => {
      slice?.buckets.forEach((count, bucket) => {
        cells.push([index, bucket, count]);
      });
      buckets = Math.max(buckets, slice?.buckets.length ?? 0);
    });
    return { bucketsNs: Array.from({ length: buckets }, (_, bucket) => bucketStartNs(bucket)), cells };
  }
}

function bucketOf(latencyNs: number): number {
  return Math.max(0, Math.floor(Math.log2(Math.max(1, latencyNs) / FIRST_BUCKET_NS) * BUCKETS_PER_OCTAVE));
}

function bucketStartNs(bucket: number): number {
  return bucket === 0 ? 0 : Math.round(FIRST_BUCKET_NS * 2 ** (bucket / BUCKETS_PER_OCTAVE));
}
