/** Reads what a user named: once, no more than so much, and never for ever. */
import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type Parsed, parsed, refused } from "../input/parsed.js";
import { formatBytes } from "../input/units-text.js";
import { bytes } from "../units.js";

/** Standard input under the names that it is asked for by. */
const STANDARD_INPUT = ["-", "/dev/stdin"];
/** How messages call standard input. */
const SHOWN_STANDARD_INPUT = "<stdin>";

const CHUNK_BYTES = 64 * 1024;
const PAUSE_MS = 10;
/** How long a pipe may have nobody who writes. */
const WRITER_DEADLINE_MS = 500;

/** The name of a file in messages. */
export const shownName = (file: string): string => (STANDARD_INPUT.includes(file) ? SHOWN_STANDARD_INPUT : file);

/** What a file holds, and whether it can be read again. */
export interface Content {
  readonly content: Buffer;
  readonly again: boolean;
}

/** Reads a file, a pipe, or standard input for `-`, whole; refuses what is longer than `most` and a pipe without a writer. */
export function readWhole(file: string, most: number): Parsed<Content> {
  return opened(file, (descriptor, stats) => {
    if (stats.isDirectory()) return refused("is a folder", "name a file in it");
    const content = readAll(descriptor, stats, most);
    return content.ok ? parsed({ content: content.value, again: stats.isFile() }) : content;
  });
}

/** Checks that a file can be read any number of times: neither a pipe nor a device, and no longer than `most`. */
export function checkRegular(file: string, most: number): Parsed<true> {
  return opened(file, (_, stats) => regular(stats, most));
}

/** Reads a file that is neither a pipe nor a device, and no longer than `most`. */
export function readRegular(file: string, most: number): Parsed<Buffer> {
  return opened(file, (descriptor, stats) => {
    const fine = regular(stats, most);
    return fine.ok ? readAll(descriptor, stats, most) : fine;
  });
}

function regular(stats: Stats, most: number): Parsed<true> {
  if (stats.isDirectory()) return refused("is a folder", "name a file in it");
  if (!stats.isFile()) return refused("is a pipe or a device", "name a file: it is read more than once");
  return stats.size > most ? tooLong(most) : parsed(true);
}

const tooLong = (most: number) => refused(`is longer than ${formatBytes(bytes(most))}`);

function opened<T>(file: string, use: (descriptor: number, stats: Stats) => Parsed<T>): Parsed<T> {
  const standard = STANDARD_INPUT.includes(file);
  let descriptor: number | null = null;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its writer.
    descriptor = standard ? 0 : openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return use(descriptor, fstatSync(descriptor));
  } catch (error) {
    return refused(whyUnreadable(error));
  } finally {
    if (descriptor !== null && !standard) closeSync(descriptor);
  }
}

function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return "no such file";
  if (code === "EACCES" || code === "EPERM") return "may not be read: permission denied";
  return `can't be read: ${code}`;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

function readAll(descriptor: number, stats: Stats, most: number): Parsed<Buffer> {
  const chunks: Buffer[] = [];
  const until = performance.now() + WRITER_DEADLINE_MS;
  for (let length = 0; ; ) {
    const chunk = readSome(descriptor);
    if (chunk === "nothing yet") pause();
    else if (chunk.length > 0) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) return tooLong(most);
    } else if (length > 0 || !stats.isFIFO()) return parsed(Buffer.concat(chunks));
    else if (performance.now() > until) return refused("is a pipe that nobody has written to");
    else pause();
  }
}

/** What comes next, empty at the end; a pipe whose writer is slow has nothing yet. */
function readSome(descriptor: number): Buffer | "nothing yet" {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  try {
    return chunk.subarray(0, readSync(descriptor, chunk));
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return "nothing yet";
    throw error;
  }
}

const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);

/** Bytes as the text they are, or why they are none. */
export function textOf(content: Buffer): Parsed<string> {
  const utf16 = [0xfeff, 0xfffe].includes(content.length > 1 ? content.readUInt16LE() : 0);
  if (utf16) return refused("is UTF-16; expected UTF-8", "iconv -f UTF-16 -t UTF-8 makes it so");
  if (content.includes(0)) return refused("holds NUL bytes; expected text in UTF-8");
  if (!isUtf8(content)) return refused("is not UTF-8", "iconv -t UTF-8 makes it so");
  return parsed(content.toString("utf8"));
}
