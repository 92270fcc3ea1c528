import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Locate, Path, Problem } from "./problems.js";

/** The text of a scenario as plain values, with the place of each; or what is wrong with its YAML. */
type Source =
  | { readonly ok: true; readonly data: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly problems: Problem[] };

/** Reads YAML 1.2; an empty text is `null`. */
export function readSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: "error" });
  const problem = (offset: number, text: string): Problem => {
    const message = `not valid YAML: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
    return { ...place(offset), path: "", message, ...yamlHint(text) };
  };
  if (document.errors.length > 0)
    return { ok: false, problems: document.errors.map((error) => problem(error.pos[0], error.message)) };
  try {
    const data: unknown = document.toJS();
    return { ok: true, data, locate: (path, part) => place(offsetOf(document, path, part ?? "value")) };
  } catch (error) {
    // Aliases that lead nowhere, or too far (a "billion laughs").
    return { ok: false, problems: [problem(0, error instanceof Error ? error.message : String(error))] };
  }
}

function yamlHint(message: string): { hint?: string } {
  if (message.includes("Block scalar header")) return { hint: 'write a comparison in quotes: ">= 500/s"' };
  if (message.includes("Tabs are not allowed")) return { hint: "indent with spaces" };
  if (message.includes("Nested mappings are not allowed")) return { hint: "a text with a colon needs quotes" };
  return {};
}

/** Offsets of a node reached on a path: of its key (or of itself, where it has none) and of the value. */
interface Reached {
  readonly key: number;
  readonly value: number;
}

function offsetOf(document: Document.Parsed, path: Path, part: "value" | "key"): number {
  let node = document.contents as Node | null;
  let reached: Reached = { key: node?.range?.[0] ?? 0, value: node?.range?.[0] ?? 0 };
  for (const segment of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const next = childOf(container ?? null, segment, reached);
    if (next === undefined) return reached.key;
    node = next.node;
    reached = next;
  }
  return reached[part];
}

function childOf(container: Node | null, segment: string | number, outer: Reached) {
  if (isSeq(container)) {
    const node = (container.items[Number(segment)] ?? null) as Node | null;
    const offset = node?.range?.[0];
    return offset === undefined ? undefined : { node, key: offset, value: offset };
  }
  if (!isMap(container)) return undefined;
  const pair = container.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
  if (pair === undefined) return undefined;
  const key = (pair.key as Node).range?.[0] ?? outer.key;
  const node = pair.value as Node | null;
  // `key:` without a value has a node of no width, somewhere behind the colon.
  const empty = node === null || node.range?.[0] === node.range?.[1];
  return { node, key, value: empty ? key : (node?.range?.[0] ?? key) };
}
