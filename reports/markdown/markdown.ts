/** Parts of a page in GitHub's markdown, with text of anyone's as text. */

/** A list of sentences. */
export const list = (items: readonly string[]): string => items.map((item) => `- ${text(item)}`).join("\n");

/** A table, its first column to the left; nothing without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(" | ")} |`;
  return [line(head), `| ${head.map((_, at) => (at === 0 ? "---" : "---:")).join(" | ")} |`, ...rows.map(line)].join(
    "\n",
  );
}

/**
 * Text of anyone's, as text: no markup, no cell border. GitHub looks for mentions, references and addresses in the text as it
 * is shown, where an escape is no help: a space of no width behind their first characters is.
 */
export function text(value: string): string {
  return value
    .replaceAll(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]|~#]/g, "\\$&")
    .replaceAll(/@|#|:\/\/|www\.|\bGH-/gi, "$&\u200b");
}
