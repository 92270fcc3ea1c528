/** Where a value stands in a scenario: keys and list indexes. */
export type Path = readonly (string | number)[];

/** A place in a file, counted from 1; or an overlay (`--set a=b` as the file), which has line 0. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds the place of a value, or of its key; for what isn't there, the key of the nearest map or list around it. */
export type Locate = (path: Path, part?: "value" | "key") => Place;

/** Something wrong with a scenario, for a person to put right. */
export interface Problem extends Place {
  /** Keys and indexes joined by dots; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** A problem that has not been located yet. */
export interface Finding {
  readonly path: Path;
  /** What to point at; the value unless the key itself is wrong. */
  readonly part?: "value" | "key" | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Gives findings their places. */
export function located(findings: readonly Finding[], locate: Locate): Problem[] {
  return findings.map(({ path, part, message, hint }) => ({
    ...locate(path, part),
    path: path.map(segmentText).join("."),
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
}

// Keys come from a file of anyone's: control characters must not reach the terminal.
const segmentText = (segment: string | number) =>
  typeof segment === "number" || /^[\w@. -]+$/.test(segment) ? String(segment) : JSON.stringify(segment);

/** Problems as text, one line each and its hint: file by file in the order of the lines, and overlays last. */
export function formatProblems(problems: readonly Problem[]): string {
  const isOverlay = ({ line }: Problem) => Number(line === 0);
  const files = [...new Set(problems.map(({ file }) => file))];
  const fileOf = ({ file }: Problem) => files.indexOf(file);
  return [...problems]
    .sort((a, b) => isOverlay(a) - isOverlay(b) || fileOf(a) - fileOf(b) || a.line - b.line || a.column - b.column)
    .map(formatProblem)
    .join("\n");
}

function formatProblem({ file, line, column, path, message, hint }: Problem): string {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  // "--set load.rate=fast" has said its path already.
  const known = path === "" || (line === 0 && file.startsWith(`--set ${path}=`));
  const text = known ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
  return hint === undefined ? text : `${text}\n  hint: ${hint}`;
}
