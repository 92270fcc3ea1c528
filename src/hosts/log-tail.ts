import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const TAIL_BYTES = 8192;
const TAIL_LINES = 20;

/** The last lines of a log file, from a byte on; empty when it can't be read. Control characters are left out. */
export function tailOf(file: string, from = 0): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const all = Math.max(0, size - from);
    const length = Math.min(all, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    const lines = buffer.toString("utf8").split("\n");
    // A tail that starts within a line starts with the next one.
    if (length < all) lines.shift();
    return lines
      .map((line) => line.replace(/\p{Cc}/gu, "").trimEnd())
      .filter((line) => line !== "")
      .slice(-TAIL_LINES)
      .join("\n");
  } finally {
    closeSync(descriptor);
  }
}
