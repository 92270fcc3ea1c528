import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { show } from "../input/parsed.js";
import { type Locate, located, type Path, type Problem } from "../input/problems.js";
import { checkBounds } from "./bounds.js";

/** The text of a scenario as plain values, with the place of each; or what is wrong with its YAML. */
type Source =
  | { readonly ok: true; readonly data: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly problems: Problem[] };

/** Further mistakes of a file's form most likely follow from the first ones. */
const MOST_PROBLEMS = 10;
/** Each is looked up in all of the document. */
const MOST_ALIASES = 100;

/** Reads YAML 1.2; an empty text is `null`. */
export function readSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // Comparing every key of a map with every other takes seconds for a long one.
  const options = { lineCounter: counter, prettyErrors: false, logLevel: "error", uniqueKeys: false } as const;
  const document = parseDocument(text, options);
  const problem = ({ offset, ...words }: Misuse): Problem => ({ ...place(offset), path: "", ...words });
  const said = document.errors.map(({ pos, message }) => ({ offset: pos[0], ...yamlMessage(message) }));
  const wrong = firstOfEachPlace([...said, ...misused(document)]);
  if (wrong.length > 0) return { ok: false, problems: wrong.slice(0, MOST_PROBLEMS).map(problem) };
  try {
    const data: unknown = document.toJS();
    const locate: Locate = (path, part) => place(offsetOf(document, path, part ?? "value"));
    const tooLarge = located(checkBounds(data), locate);
    return tooLarge.length > 0 ? { ok: false, problems: tooLarge } : { ok: true, data, locate };
  } catch (error) {
    // Aliases that lead nowhere, or too far (a "billion laughs").
    const said = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [problem({ offset: 0, ...yamlMessage(said) })] };
  }
}

interface Misuse {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/** What else is said of the same place follows from the first. */
function firstOfEachPlace(found: readonly Misuse[]): Misuse[] {
  const known = new Set<number>();
  return found.filter(({ offset }) => !known.has(offset) && known.add(offset));
}

/** Keys that a map has twice, and more aliases than a person writes. */
function misused(document: Document.Parsed): Misuse[] {
  const found: Misuse[] = [];
  let aliases = 0;
  visit(document, {
    Map(_, { items }) {
      const known = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (known.has(name))
          found.push({ offset: key.range?.[0] ?? 0, message: `the key ${show(name)} is there twice` });
        known.add(name);
      }
    },
    Alias(_, { range }) {
      aliases += 1;
      if (aliases === MOST_ALIASES + 1)
        found.push({ offset: range?.[0] ?? 0, message: `more than ${MOST_ALIASES} aliases` });
    },
  });
  return found;
}

/** What the YAML library says, with a hint where its words are no help. */
function yamlMessage(said: string): { message: string; hint?: string } {
  const known = MISTAKES.find(({ words }) => said.includes(words));
  const message = known?.message ?? `not valid YAML: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  return { message, ...(known?.hint === undefined ? {} : { hint: known.hint }) };
}

const MISTAKES: readonly { readonly words: string; readonly message?: string; readonly hint?: string }[] = [
  { words: "Block scalar header", hint: 'write a comparison in quotes: ">= 500/s"' },
  { words: "Tabs are not allowed", hint: "indent with spaces" },
  { words: "Nested mappings are not allowed", hint: "a text with a colon needs quotes" },
  {
    words: "multiple documents",
    message: "a second document begins here; expected one scenario in a file",
    hint: "write it into a file of its own; --- begins a document",
  },
  { words: "call stack", message: "nested too deeply" },
  { words: "Excessive alias count", message: "aliases of aliases make too many values", hint: "write the values out" },
];

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
