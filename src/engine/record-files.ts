import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { Kind, RECORD_BYTES, RecordCursor, readFileHeader } from "../record/format.js";
import type { RecordSource } from "../record/merge.js";

const CHUNK_BYTES = RECORD_BYTES * 8192;

/** Sources for all record files of a run, producers first; a file that holds no whole header is left out. */
export function openRecords(recordsDirectory: string): { sources: RecordSource[]; close: () => void } {
  const names = existsSync(recordsDirectory)
    ? readdirSync(recordsDirectory).filter((name) => name.endsWith(".hvr"))
    : [];
  const files = names.sort().map((name) => openSync(join(recordsDirectory, name), "r"));
  const sources = files.flatMap((file) => (fstatSync(file).size < RECORD_BYTES ? [] : [fileSource(file)]));
  return { sources, close: () => files.forEach((file) => void closeSync(file)) };
}

/** Sequence numbers leased in a producer's record file. */
export function leasedIn(file: Buffer): number {
  const cursor = new RecordCursor();
  let leased = 0;
  for (let at = RECORD_BYTES; at + RECORD_BYTES <= file.length; at += RECORD_BYTES) {
    const record = cursor.place(file, at);
    if (record.kind === Kind.lease) leased = Math.max(leased, record.sequence + record.leaseCount);
  }
  return leased;
}

function fileSource(file: number): RecordSource {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  readSync(file, chunk, 0, RECORD_BYTES, 0);
  const header = readFileHeader(chunk);
  let position = RECORD_BYTES;
  return {
    header,
    next() {
      const read = readSync(file, chunk, 0, CHUNK_BYTES, position);
      const whole = read - (read % RECORD_BYTES);
      position += whole;
      return whole === 0 ? null : chunk.subarray(0, whole);
    },
  };
}
