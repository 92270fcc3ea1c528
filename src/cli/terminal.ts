/** Everything that havoq prints goes through here: what others have written can be read and does nothing. */
import { randomUUID } from "node:crypto";
import { createColors } from "picocolors";
import { plainStyle, type Style } from "../../reports/terminal/summary.js";
import { withoutCommands } from "../result/visible.js";
import { knownSecrets } from "../secrets/known.js";

/** Stands for the escape character of our own colours until a text is printed; nobody else can know it. */
const OWN_ESCAPE = `\0${randomUUID()}\0`;
const ESCAPE = "\u001b";

/** Colours where the stream is a terminal that has them (NO_COLOR and FORCE_COLOR are honoured); for `print` and `say` only. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  const wanted = process.env["FORCE_COLOR"] ?? (process.env["NO_COLOR"] ? "0" : stream.isTTY ? "1" : "0");
  if (wanted === "0") return plainStyle;
  const { green, red, yellow, dim, bold } = createColors(true);
  return { good: own(green), bad: own(red), warn: own(yellow), dim: own(dim), bold: own(bold) };
}

/** A colour with our own escape characters. */
function own(color: (text: string) => string): (text: string) => string {
  const [open = "", close = ""] = color("|").replaceAll(ESCAPE, OWN_ESCAPE).split("|");
  return (text) => `${open}${text}${close}`;
}

const printable = (text: string): string => text.split(OWN_ESCAPE).map(withoutCommands).join(ESCAPE);

/** Prints a result to standard output; what is in a result has no secrets. */
export function print(text: string): void {
  process.stdout.write(printable(text));
}

/** Says something to the person at the terminal, on standard error, without the secrets that are known. */
export function say(text: string): void {
  process.stderr.write(printable(knownSecrets.hide(text)));
}

/** Draws a line on standard error in place of the one that was drawn before; an empty one takes it away. */
export function redrawLine(text: string): void {
  process.stderr.write(`\r${ESCAPE}[K${printable(knownSecrets.hide(text))}`);
}

/** Writes commands of GitHub Actions, each made of parts that are none. */
export function printCommands(stream: NodeJS.WriteStream, commands: string): void {
  stream.write(commands);
}
