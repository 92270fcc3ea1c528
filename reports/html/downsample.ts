/** Fewer points for long runs. Counts are summed; of percentiles the worst is kept, since they can't be averaged. */

/** How many points one line may have; less when many runs share the page, which keeps ten runs of an hour below 2 MB. */
export function pointBudget(runs: number): number {
  return Math.max(200, Math.min(2000, Math.floor(10_000 / Math.max(1, runs))));
}

/** How many neighbours become one point, so that at most `budget` are left. */
export function groupSize(length: number, budget: number): number {
  return Math.max(1, Math.ceil(length / budget));
}

/** Sums of neighbouring counts. */
export function sums(counts: readonly number[], group: number): number[] {
  return groups(counts, group).map((part) => part.reduce((sum, value) => sum + value, 0));
}

/** The greatest of neighbouring values; `null` where all are. */
export function worst(values: readonly (number | null)[], group: number): (number | null)[] {
  return groups(values, group).map((part) =>
    part.reduce<number | null>(
      (most, value) => (value !== null && (most === null || value > most) ? value : most),
      null,
    ),
  );
}

/** Means of neighbouring values; `null` where all are. For gauges such as CPU, never for percentiles. */
export function means(values: readonly (number | null)[], group: number): (number | null)[] {
  return groups(values, group).map((part) => {
    const known = part.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

/** The first of each group: where the group begins. */
export function firsts(values: readonly number[], group: number): number[] {
  return values.filter((_, i) => i % group === 0);
}

function groups<T>(values: readonly T[], group: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / group) }, (_, i) => values.slice(i * group, (i + 1) * group));
}
