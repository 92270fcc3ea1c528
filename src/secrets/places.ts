/** Where secrets stand in a scenario, and the scenario, its parts and the command line without them. */
import { parse } from "yaml";
import { secretWords, shownCommand, shownWord } from "./commands.js";
import { knownSecrets, type Secrets } from "./known.js";
import { HIDDEN, hideInUrls, SECRET_NAME, secretsOfUrl, shownUrl } from "./urls.js";

type Path = readonly (string | number)[];

/** What kind of text may hold a secret: an address, a hook, a word of a worker's command, an option. */
export type SecretKind = "url" | "command" | "word" | "option";

/** A path as it would be in a scenario of one target: those of `targets` and `vary` stand for one of it. */
export function plainPath(path: Path): Path {
  if (path[0] === "targets") return ["target", ...path.slice(2)];
  if (path[0] === "vary") return path.length < 3 ? path : [...String(path[1]).split("."), ...path.slice(3)];
  return path;
}

/** What kind of secret the text at a path may hold. */
export function secretKindAt(written: Path): SecretKind | null {
  const [section, key, ...rest] = plainPath(written);
  if (section === "workers") return key === "command" ? "word" : null;
  if (section !== "target") return null;
  // A text in place of a target was meant as its address.
  if (key === "url" || key === undefined) return "url";
  if (key === "external") return "command";
  return (key === "options" || key === "broker") && rest.length > 0 ? "option" : null;
}

/** A text that came from environment variables, as it is written down. */
export interface Reference {
  readonly path: Path;
  /** With `${NAME}` in place of the values. */
  readonly template: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Learns the secrets in a scenario's plain values, whether or not these are right. */
export function learnSecrets(
  data: unknown,
  references: readonly Reference[] = [],
  above: Path = [],
  secrets: Secrets = knownSecrets,
): void {
  const templates = new Map(references.map(({ path, template }) => [JSON.stringify(path), template]));
  for (const { path, values } of references) {
    if (secretKindAt(path) === null) continue;
    for (const [name, value] of values) secrets.add(value, `\${${name}}`);
  }
  mapTexts(data, above, (value, path) => {
    const kind = secretKindAt(path);
    if (kind === null) return value;
    const template = templates.get(JSON.stringify(path));
    secrets.addWhole(value, shownText(template ?? value, kind, path, secrets));
    const found =
      kind === "url" ? secretsOfUrl(value) : kind === "option" ? secretOption(value, path) : secretWords(value);
    for (const secret of found) secrets.add(secret);
    return value;
  });
}

const secretOption = (value: string, path: Path): string[] =>
  SECRET_NAME.test(String(path.at(-1))) ? [value] : value.includes("://") ? secretsOfUrl(value) : [];

/** A scenario (or its plain values, or a part of them that stands at `above`) as it may be written down. */
export function forRecord<T>(value: T, above: Path = [], secrets: Secrets = knownSecrets): T {
  return mapTexts(value, above, (text, path) => {
    const kind = secretKindAt(path);
    return kind === null ? text : shownText(text, kind, path, secrets);
  }) as T;
}

function shownText(text: string, kind: SecretKind, path: Path, secrets: Secrets): string {
  const known = secrets.shown(text);
  if (known !== undefined) return known;
  switch (kind) {
    case "url":
      return shownUrl(text);
    case "command":
      return shownCommand(text);
    case "word":
      return shownWord(text, Number(path.at(-1)));
    case "option":
      return SECRET_NAME.test(String(path.at(-1))) && !/^\$\{\w+\}$/.test(text) ? HIDDEN : hideInUrls(text);
  }
}

/** A copy with every text replaced by what `change` makes of it. */
export function mapTexts(value: unknown, path: Path, change: (text: string, path: Path) => unknown): unknown {
  if (typeof value === "string") return change(value, path);
  if (Array.isArray(value)) return value.map((each, index) => mapTexts(each, [...path, index], change));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, [...path, key], change)]));
}

/** A value set on the command line (`target.url=...`) as it may be written down. */
export function shownOverlay(overlay: string, secrets: Secrets = knownSecrets): string {
  const equals = overlay.indexOf("=");
  if (equals < 0) return secrets.hide(overlay);
  const path = overlay.slice(0, equals).trim().split(".");
  const written = overlay.slice(equals + 1);
  const place = `${overlay.slice(0, equals)}=`;
  let value: unknown;
  try {
    value = parse(written, { prettyErrors: false, logLevel: "error" });
  } catch {
    return `${place}${secretKindAt(path) === null ? secrets.hide(written) : HIDDEN}`;
  }
  const shown = forRecord(value, path, secrets);
  if (JSON.stringify(shown) === JSON.stringify(value)) return overlay;
  return `${place}${typeof shown === "string" ? shown : JSON.stringify(shown)}`;
}

const SETS = /^(--(?:baseline-|candidate-)?set)(?:=(.*))?$/s;

/** The words of a command line as they may be written down. */
export function shownArguments(words: readonly string[], secrets: Secrets = knownSecrets): string[] {
  return words.map((word, at) => {
    const [, flag, own] = SETS.exec(word) ?? [];
    if (flag !== undefined && own !== undefined) return `${flag}=${shownOverlay(own, secrets)}`;
    return SETS.test(words[at - 1] ?? "") && !words[at - 1]?.includes("=") ? shownOverlay(word, secrets) : word;
  });
}
