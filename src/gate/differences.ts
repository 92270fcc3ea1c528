import type { GateResult } from "./schema.js";

/** Paths by which nothing that is measured differs. */
const TELLS_NOTHING = ["name", "question", "seed", "runs"];

/** Values that differ between two scenarios (or parts of them), by their path; a value that is not there is "nothing". */
export function scenarioDifferences(baseline: object, candidate: object): GateResult["differences"] {
  const [from, to] = [leaves(baseline), leaves(candidate)];
  const paths = [...new Set([...from.keys(), ...to.keys()])].filter((path) => !TELLS_NOTHING.includes(path));
  return paths.flatMap((path) => {
    const [before = "nothing", after = "nothing"] = [from.get(path), to.get(path)];
    return before === after ? [] : [{ path, baseline: before, candidate: after }];
  });
}

function leaves(value: object): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (inner: unknown, path: string) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) {
      if (inner !== undefined) found.set(path, typeof inner === "string" ? inner : JSON.stringify(inner));
      return;
    }
    for (const [key, each] of Object.entries(inner)) walk(each, path === "" ? key : `${path}.${key}`);
  };
  walk(value, "");
  return found;
}
