/** P-values adjusted for being the best of several (Holm 1979): reject those that are at most the family's alpha. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
  const adjusted: number[] = new Array(pValues.length).fill(1);
  let before = 0;
  order.forEach((index, rank) => {
    before = Math.max(before, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = before;
  });
  return adjusted;
}
