/**
 * The record files of a run. The records of one agent process are one file, or segments of it: `x.hvr`, `x.hvr.1`, ...,
 * each with the file's header; those that were folded may be gone.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.js";
import { checkHeader } from "../record/check.js";
import { agentFileOf } from "../record/file-counts.js";
import { type FileHeader, Kind, RECORD_BYTES, RecordCursor, readFileHeader } from "../record/format.js";
import type { RecordSource } from "../record/merge.js";
import { RecordError } from "../record/record-error.js";

const CHUNK_BYTES = RECORD_BYTES * 8192;

/** Up to where the records of a process were read: a segment, and a byte in it. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

/** One segment on disk. */
interface Segment {
  /** Of the first segment: names the process. */
  readonly file: string;
  readonly number: number;
  readonly path: string;
  /** Whole records only, header included. */
  readonly bytes: number;
}

/** All segments of a run, by file and in the order in which they were written. */
function segmentsOf(recordsDirectory: string): Map<string, Segment[]> {
  const byFile = new Map<string, Segment[]>();
  const names = existsSync(recordsDirectory) ? readdirSync(recordsDirectory) : [];
  for (const name of names) {
    const [, file, number = "0"] = /^(.+\.hvr)(?:\.(\d+))?$/.exec(name) ?? [];
    if (file === undefined) continue;
    const path = join(recordsDirectory, name);
    const stat = statSync(path);
    if (!stat.isFile()) throw new EnvironmentError(`${path} is no file`, "it is not of a run: remove it");
    const { size } = stat;
    const segment = { file, number: Number(number), path, bytes: size - (size % RECORD_BYTES) };
    byFile.set(file, [...(byFile.get(file) ?? []), segment]);
  }
  for (const segments of byFile.values()) segments.sort((a, b) => a.number - b.number);
  return new Map([...byFile].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The agents that have recorded something, by the names of their files. */
export const recordedFiles = (recordsDirectory: string): ReadonlySet<string> =>
  new Set([...segmentsOf(recordsDirectory).keys()].map(agentFileOf));

/** Bytes of all records, and of those segments that no process writes to any more. */
export function recordBytes(recordsDirectory: string): { readonly all: number; readonly complete: number } {
  const sum = (segments: readonly Segment[]) => segments.reduce((total, { bytes }) => total + bytes, 0);
  const lists = [...segmentsOf(recordsDirectory).values()];
  return { all: sum(lists.flat()), complete: sum(lists.flatMap((segments) => segments.slice(0, -1))) };
}

/** Removes the segments before each position; the last of a process always stays. */
export function removeBefore(recordsDirectory: string, positions: ReadonlyMap<string, Position>): void {
  for (const [file, segments] of segmentsOf(recordsDirectory)) {
    const until = positions.get(file)?.segment ?? 0;
    for (const { number, path } of segments.slice(0, -1)) if (number < until) rmSync(path);
  }
}

const END: Position = { segment: Number.POSITIVE_INFINITY, offset: Number.POSITIVE_INFINITY };

/** Opened records of a run; close them after use. */
export interface OpenRecords extends Disposable {
  readonly sources: readonly SegmentedSource[];
}

/** Which part of the records to read: `from` their beginnings and `to` their ends where nothing else is said. */
export interface RecordRange {
  /** Of the run: a file of another is refused. */
  readonly runTag?: number;
  readonly from?: ReadonlyMap<string, Position>;
  readonly to?: ReadonlyMap<string, Position>;
}

/**
 * Sources for the records of a run, producers first; a file without a whole header is left out. Throws
 * `EnvironmentError` where a file is not what its name says.
 */
export function openRecords(recordsDirectory: string, { from, to, runTag }: RecordRange = {}): OpenRecords {
  const sources = [...segmentsOf(recordsDirectory)].flatMap(([file, segments]) => {
    const begin = from?.get(file) ?? { segment: 0, offset: RECORD_BYTES };
    const end = to ? (to.get(file) ?? { segment: -1, offset: 0 }) : END;
    const left = segments
      .filter(({ number, bytes }) => number >= begin.segment && number <= end.segment && bytes >= RECORD_BYTES)
      .map((each) => (each.number === end.segment ? { ...each, bytes: Math.min(each.bytes, end.offset) } : each));
    return left.length === 0 ? [] : [new SegmentedSource(file, left, begin, runTag)];
  });
  return {
    sources,
    [Symbol.dispose]: () => {
      for (const source of sources) source.close();
    },
  };
}

/** The records of one process, as far as they were written when it was opened. */
class SegmentedSource implements RecordSource {
  readonly header: FileHeader;
  private readonly chunk: Buffer;
  private current = 0;
  private offset: number;
  private descriptor: number | null = null;

  constructor(
    readonly file: string,
    private readonly segments: readonly Segment[],
    private readonly begin: Position,
    private readonly runTag: number | undefined,
  ) {
    this.chunk = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(...segments.map(({ bytes }) => bytes))));
    this.offset = this.firstOffset(0);
    this.header = this.readHeader();
  }

  locate(record: number, error: RecordError): Error {
    const { segment, offset } = this.positionAfter(record * RECORD_BYTES);
    const path = this.segments.find(({ number }) => number === segment)?.path ?? this.file;
    return badRecords(path, offset, error);
  }

  next(): Buffer | null {
    for (;;) {
      const segment = this.segments[this.current];
      if (!segment) return null;
      const wanted = Math.min(this.chunk.length, segment.bytes - this.offset);
      const read = wanted > 0 ? readSync(this.open(), this.chunk, 0, wanted, this.offset) : 0;
      const whole = read - (read % RECORD_BYTES);
      this.offset += whole;
      if (whole > 0) return this.chunk.subarray(0, whole);
      this.close();
      this.current += 1;
      this.offset = this.firstOffset(this.current);
      if (this.segments[this.current]) this.readHeader();
    }
  }

  /** Where this process's records go on after so many bytes of them. */
  positionAfter(bytes: number): Position {
    let left = bytes;
    for (const [index, { number, bytes: size }] of this.segments.entries()) {
      const offset = this.firstOffset(index);
      const last = index === this.segments.length - 1;
      if (last || left < size - offset) return { segment: number, offset: offset + left };
      left -= size - offset;
    }
    return this.begin;
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  private open(): number {
    this.descriptor ??= openSync(this.segments[this.current]?.path ?? "", "r");
    return this.descriptor;
  }

  /** The header of the open segment, which must be what the name of the file says. */
  private readHeader(): FileHeader {
    const bytes = Buffer.alloc(RECORD_BYTES);
    readSync(this.open(), bytes, 0, RECORD_BYTES, 0);
    try {
      const header = readFileHeader(bytes);
      checkHeader(header, this.file, this.runTag);
      return header;
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      throw badRecords(this.segments[this.current]?.path ?? this.file, 0, error);
    }
  }

  private firstOffset(index: number): number {
    return this.segments[index]?.number === this.begin.segment ? this.begin.offset : RECORD_BYTES;
  }
}

const badRecords = (path: string, offset: number, { message, hint }: RecordError): EnvironmentError =>
  new EnvironmentError(`${path}, byte ${offset}: ${message}`, hint);

/** Sequence numbers that one process of a producer leased; each segment begins by saying how many it was by then. */
export function leasedIn(recordsDirectory: string, file: string): number {
  for (const { path } of [...(segmentsOf(recordsDirectory).get(file) ?? [])].reverse()) {
    const leased = leasedInSegment(path);
    if (leased > 0) return leased;
  }
  return 0;
}

function leasedInSegment(path: string): number {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const cursor = new RecordCursor();
  const descriptor = openSync(path, "r");
  let leased = 0;
  try {
    for (let position = RECORD_BYTES; ; ) {
      const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
      for (let at = 0; at + RECORD_BYTES <= read; at += RECORD_BYTES) {
        const record = cursor.place(chunk, at);
        if (record.kind === Kind.lease) leased = Math.max(leased, record.sequence + record.leaseCount);
      }
      if (read < CHUNK_BYTES) return leased;
      position += read;
    }
  } finally {
    closeSync(descriptor);
  }
}
