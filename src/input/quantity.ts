/** A decimal number as every quantity begins. */
export const NUMBER_PATTERN = "\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";

/** One unit in terms of the base unit: `number * 10^exponent * times / per`. */
interface UnitScale {
  readonly exponent?: number;
  readonly times?: number;
  readonly per?: number;
}

/** Units by their text, from the smallest to the largest. */
export type UnitTable = Readonly<Record<string, UnitScale>>;

/** Number of a decimal text with the decimal point moved; exact where dividing by a power of ten would round twice. */
export function shifted(decimal: string, exponent: number): number {
  const [mantissa = "", written = "0"] = decimal.toLowerCase().split("e");
  return Number(`${mantissa}e${Number(written) + exponent}`);
}

const escaped = (text: string) => text.replaceAll("/", "\\/");

/** Pattern of a number with one of the units, for a regular expression and for JSON Schema; not anchored. */
export function quantityPattern(units: UnitTable): string {
  return `${NUMBER_PATTERN}\\s*(?:${Object.keys(units).map(escaped).join("|")})`;
}

/** Reads a number with a unit into the base unit; `undefined` when the text is not one, or not finite. */
export function readQuantity(text: string, units: UnitTable): number | undefined {
  const match = new RegExp(`^(${NUMBER_PATTERN})\\s*(\\S+)$`).exec(text.trim());
  const [number, unit] = [match?.[1], match?.[2]];
  if (number === undefined || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  const scale = units[unit];
  const value = (shifted(number, scale?.exponent ?? 0) * (scale?.times ?? 1)) / (scale?.per ?? 1);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Writes a value of the base unit as the shortest text that reads back as exactly this value, in a unit of which there
 * is at least one; with `significantDigits` rounded instead, in the largest such unit.
 */
export function writeQuantity(value: number, units: UnitTable, base: string, significantDigits?: number): string {
  const candidates = Object.entries(units)
    .map(([unit, scale]) => ({ unit, number: value / sizeOf(scale) }))
    .filter(({ number, unit }) => number >= 1 || (value > 0 && unit === Object.keys(units)[0]))
    .reverse();
  if (significantDigits !== undefined) {
    const { unit, number } = candidates[0] ?? { unit: base, number: value };
    return `${Number(number.toPrecision(significantDigits))}${unit}`;
  }
  let best: { number: string; unit: string } | undefined;
  for (const { unit, number } of candidates) {
    const exact = readQuantity(`${number}${unit}`, units) === value;
    if (exact && String(number).length < (best?.number.length ?? Number.POSITIVE_INFINITY))
      best = { number: String(number), unit };
  }
  return best === undefined ? `${value}${base}` : `${best.number}${best.unit}`;
}

const sizeOf = (scale: UnitScale) => (10 ** (scale.exponent ?? 0) * (scale.times ?? 1)) / (scale.per ?? 1);
