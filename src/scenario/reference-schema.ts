import { isMap } from "../input/parsed.js";

type Json = Readonly<Record<string, unknown>>;

const REFERENCE = { type: "string", pattern: "\\$\\{", description: "A reference to an environment variable." };

/** A JSON Schema of a scenario in which every value may be a reference to an environment variable, such as `${RATE}`. */
export function withReferences(schema: Json): Json {
  const inner = withInner(schema);
  if (!isLimited(schema)) return inner;
  const { description, default: fallback, ...limited } = inner;
  const about = {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
  return { ...about, anyOf: [limited, REFERENCE] };
}

/** Whether a reference would not be accepted as it is: a text of any form is. */
function isLimited({ type, pattern, enum: values, maxLength }: Json): boolean {
  if (type === "number" || type === "integer" || type === "boolean") return true;
  return [pattern, values, maxLength].some((limit) => limit !== undefined);
}

/** Keys that hold schemas by name, and those that hold one schema or a list of them. */
const MAPS = ["properties", "$defs"];
const SCHEMAS = ["items", "additionalProperties", "anyOf", "oneOf"];

function withInner(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (MAPS.includes(key) && isMap(value)) {
        const inner = Object.entries(value).map(([name, each]) => [name, isMap(each) ? withReferences(each) : each]);
        return [key, Object.fromEntries(inner)];
      }
      if (!SCHEMAS.includes(key)) return [key, value];
      if (Array.isArray(value)) return [key, value.map((each) => (isMap(each) ? withReferences(each) : each))];
      return [key, isMap(value) ? withReferences(value) : value];
    }),
  );
}
