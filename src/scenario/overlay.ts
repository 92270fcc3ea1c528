import { parseDocument } from "yaml";
import { isMap, type Parsed, parsed, refused } from "../input/parsed.js";
import type { Locate, Path, Problem } from "../input/problems.js";
import { shownOverlay } from "../secrets/places.js";

/** A scenario's plain values with the overlays on top, and the places of what they replaced. */
interface Overlaid {
  readonly data: unknown;
  /** Points at the overlay for what an overlay set, and else where the given function points. */
  readonly locate: Locate;
  readonly problems: Problem[];
}

/** An overlay in messages, without the secrets in it. */
export const overlayName = (overlay: string): string => `--set ${shownOverlay(overlay)}`;

/**
 * Sets values given as `path=value`, the last one winning. Elements of a list go by index or by id, as in
 * `faults.crash.at=chaos+1s`; values are YAML. The given data is left as it is.
 */
export function applyOverlays(data: unknown, overlays: readonly string[], locate: Locate): Overlaid {
  let current = data;
  const set: { path: Path; file: string }[] = [];
  const problems: Problem[] = [];
  for (const overlay of overlays) {
    const file = overlayName(overlay);
    const result = applyOverlay(current, overlay);
    if (result.ok) {
      current = result.value.data;
      set.push({ path: result.value.path, file });
    } else {
      const { message, hint } = result;
      problems.push({ file, line: 0, column: 0, path: "", message, ...(hint === undefined ? {} : { hint }) });
    }
  }
  const locateOverlaid: Locate = (path, part) => {
    const origin = set.findLast((each) => each.path.every((segment, index) => String(path[index]) === String(segment)));
    return origin === undefined ? locate(path, part) : { file: origin.file, line: 0, column: 0 };
  };
  return { data: current, locate: locateOverlaid, problems };
}

function applyOverlay(data: unknown, overlay: string): Parsed<{ data: unknown; path: Path }> {
  const equals = overlay.indexOf("=");
  const segments = segmentsOf(overlay.slice(0, Math.max(equals, 0)));
  if (segments.includes("")) return refused("expected path=value", 'for example "load.rate=500/s"');
  const value = readValue(overlay.slice(equals + 1), segments[0] === "expect");
  return value.ok ? withValue(data, segments, value.value, []) : value;
}

/** Names of metrics have dots of their own. */
function segmentsOf(path: string): string[] {
  const [first = "", ...rest] = path.trim().split(".");
  return first === "expect" && rest.length > 1 ? [first, rest.join(".")] : [first, ...rest];
}

function readValue(text: string, comparison: boolean): Parsed<unknown> {
  // In YAML "> 5" begins a block and "!= 5" a tag.
  if (comparison && /^\s*[<>=!]/.test(text)) return parsed(text.trim());
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) return refused(`the value is not valid YAML: ${error.message}`);
  try {
    return parsed(document.toJS());
  } catch (error) {
    return refused(`the value is not valid YAML: ${error instanceof Error ? error.message : error}`);
  }
}

/** A copy of the data with one value set; maps that are missing on the way are made. */
function withValue(
  data: unknown,
  segments: readonly string[],
  value: unknown,
  above: Path,
): Parsed<{ data: unknown; path: Path }> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return parsed({ data: value, path: above });
  if (Array.isArray(data)) {
    const index = indexOf(data, segment);
    if (index === undefined) return refused(`${above.join(".")} has no element "${segment}"`, elementsHint(data));
    const inner = withValue(data[index], rest, value, [...above, index]);
    return inner.ok ? parsed({ ...inner.value, data: data.toSpliced(index, 1, inner.value.data) }) : inner;
  }
  if (data !== undefined && data !== null && !isMap(data))
    return refused(`${above.join(".") || "the scenario"} is not a map, so it has no "${segment}"`);
  const map: Readonly<Record<string, unknown>> = data ?? {};
  const inner = withValue(Object.hasOwn(map, segment) ? map[segment] : undefined, rest, value, [...above, segment]);
  return inner.ok ? parsed({ ...inner.value, data: { ...map, [segment]: inner.value.data } }) : inner;
}

/** Index of an element by number (the first free one appends) or by its id. */
function indexOf(list: readonly unknown[], segment: string): number | undefined {
  if (/^\d+$/.test(segment)) return Number(segment) <= list.length ? Number(segment) : undefined;
  const index = list.findIndex((element) => isMap(element) && element["id"] === segment);
  return index === -1 ? undefined : index;
}

function elementsHint(list: readonly unknown[]): string {
  const ids = list.map((element, index) =>
    isMap(element) && typeof element["id"] === "string" ? element["id"] : index,
  );
  return list.length === 0 ? "the list is empty" : `elements: ${ids.join(", ")}`;
}
