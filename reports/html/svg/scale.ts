/** Logarithmic scales and their ticks; pure, shared by the plots. */

/** A position on a logarithmic axis: `low` at `from`, `high` at `to`; outside values are held at the ends. */
export function logScale(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = Math.log(high / low);
  return (value) => {
    const share = Math.log(Math.max(low, Math.min(high, value)) / low) / span;
    // In two steps: logarithms differ in their last bit between versions of Node, and must not on a tie.
    return Math.round(Math.round((from + share * (to - from)) * 1_000_000) / 100_000) / 10;
  };
}

const STEPS = [1, 2, 5, 10];

/** The 1, 2 or 5 times a power of ten that is nearest below. */
export function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (STEPS.findLast((step) => step * power <= value * (1 + 1e-9)) ?? 1);
}

/** The 1, 2 or 5 times a power of ten that is nearest above. */
export function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (STEPS.find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}

/** Ticks from low to high: powers of ten, and 2 and 5 times these where there are few. */
export function logTicks(low: number, high: number): number[] {
  const fine = Math.log10(high / low) <= 2.5;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const step of fine ? [1, 2, 5] : [1]) {
      const tick = Number((step * 10 ** power).toPrecision(6));
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}
