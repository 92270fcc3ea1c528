/** How large a scenario may be: so that whatever is wrong with it is told at once. */
import { isMap } from "../input/parsed.js";
import type { Finding, Path } from "../input/problems.js";

const MOST_KEYS = 200;
const MOST_ELEMENTS = 1000;
const MOST_VALUES = 10_000;
const MOST_LEVELS = 32;
/** Each may wait for another. */
const MOST_FAULTS = 100;

/** The first bound that plain values are beyond, if there is one; checks of a scenario take what is within them. */
export function checkBounds(data: unknown): Finding[] {
  let values = 0;
  const check = (value: unknown, path: Path): Finding | undefined => {
    values += 1;
    if (values > MOST_VALUES) return { path: [], message: `more than ${counted(MOST_VALUES)} values` };
    if (typeof value !== "object" || value === null) return undefined;
    if (path.length === MOST_LEVELS) return { path, message: `nested more than ${MOST_LEVELS} levels deep` };
    const own = tooMany(value, path);
    if (own) return own;
    for (const [key, inner] of Object.entries(value)) {
      const found = check(inner, [...path, Array.isArray(value) ? Number(key) : key]);
      if (found) return found;
    }
    return undefined;
  };
  const found = check(data, []);
  return found ? [found] : [];
}

function tooMany(value: object, path: Path): Finding | undefined {
  const { length } = Object.keys(value);
  const ofFaults = path.length === 1 && path[0] === "faults";
  const most = isMap(value) ? MOST_KEYS : ofFaults ? MOST_FAULTS : MOST_ELEMENTS;
  if (length <= most) return undefined;
  const what = isMap(value) ? "keys" : ofFaults ? "faults" : "elements";
  return { path, part: "key", message: `expected at most ${counted(most)} ${what}, got ${counted(length)}` };
}

const counted = (count: number): string => count.toLocaleString("en-US");
