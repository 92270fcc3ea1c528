import { readHeader } from "../../src/payload-header.js";

/** Arguments from a template: "{sequence}", "{producer}" and "{key}" stand for those of the message; alone, as a number. */
export function filled(template: unknown, payload: Buffer): unknown {
  if (typeof template === "object" && template !== null && Object.keys(template).length === 0) return template;
  const { sequence, producer, key } = readHeader(payload);
  const values: readonly (readonly [string, number])[] = [
    ["{sequence}", sequence],
    ["{producer}", producer],
    ["{key}", key],
  ];
  const fill = (value: unknown): unknown => {
    if (typeof value === "string") {
      const whole = values.find(([name]) => name === value);
      return whole ? whole[1] : values.reduce((text, [name, each]) => text.replaceAll(name, String(each)), value);
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fill(each)]));
  };
  return fill(template);
}
