import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Block I/O of a process since its start, the page cache left out. */
export interface BlockIo {
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** From /proc/PID/io, which only root and the process's own user may read. */
export function blockIoOf(pid: number | "self"): BlockIo | null {
  try {
    const text = readFileSync(`/proc/${pid}/io`, "latin1");
    const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { readBytes: count("read_bytes"), writtenBytes: count("write_bytes") };
  } catch {
    return null;
  }
}

/** One write of this size makes the page cache hold the file in large folios, where it has them. */
const LARGE_BYTES = 1 << 20;
const SMALL_BYTES = 8192;
const SMALL_WRITES = 4;
/** Counted bytes for each that was written, above which the count is of no use. */
const MOST_COUNTED = 1.2;

/**
 * Whether the kernel counts what a process writes to storage in `directory`. A kernel with large folios counts the whole
 * folio, of up to 2 MiB, for each few bytes that are changed in it: there the figure would be a hundred times too great.
 * Found by writing to a file of a megabyte, which is removed again.
 */
export function countsWrites(directory: string): boolean {
  const path = join(directory, "block-io-probe");
  const file = openSync(path, "w", 0o600);
  try {
    writeSync(file, Buffer.alloc(LARGE_BYTES));
    fdatasyncSync(file);
    const before = blockIoOf("self");
    for (let i = 0; i < SMALL_WRITES; i++) {
      writeSync(file, Buffer.alloc(SMALL_BYTES, 1), 0, SMALL_BYTES, i * SMALL_BYTES);
      fdatasyncSync(file);
    }
    const after = blockIoOf("self");
    if (!before || !after) return false;
    return after.writtenBytes - before.writtenBytes <= MOST_COUNTED * SMALL_WRITES * SMALL_BYTES;
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
