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

/** Text of anyone's, as text: no markup, no link, no cell border. */
export function text(value: string): string {
  return value.replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replace(/\s*\n\s*/g, " ");
}
