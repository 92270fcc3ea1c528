/** Codes 1 to 254 stand for one text each; what comes after shares 255. */
const OTHER = 255;

/** Gives each distinct error text of this agent a small code for its records, and announces it once. */
export class ErrorTexts {
  private readonly codes = new Map<string, number>();

  constructor(private readonly announce: (code: number, text: string) => void) {}

  codeOf(error: unknown): number {
    const text = describeError(error);
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    const code = Math.min(this.codes.size + 1, OTHER);
    this.codes.set(text, code);
    if (code < OTHER) this.announce(code, text);
    else if (this.codes.size === OTHER) this.announce(OTHER, "other errors");
    return code;
  }
}

/** Name, code and first line of an error; digits of addresses and ids are kept, stacks are not. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, 200);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const line = error.message.split("\n")[0] ?? "";
  const text = code !== undefined && !line.includes(code) ? `${code}: ${line}` : line;
  return (text === "" ? error.name : text).slice(0, 200);
}
