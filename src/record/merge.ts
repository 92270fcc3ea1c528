import { type FileHeader, RECORD_BYTES, RecordCursor } from "./format.js";
import { RecordError } from "./record-error.js";

/** A run of whole records of one file, in the order of their times. */
export interface RecordSource {
  readonly header: FileHeader;
  /** The next records, or `null` at the end; called only when the last ones are used up. */
  next(): Buffer | null;
  /** Names the place of what is wrong with its record of a number, counted from 0. */
  locate?(record: number, error: RecordError): Error;
}

/** Takes one record, and the header of the file it is in. */
export type RecordVisitor = (header: FileHeader, record: RecordCursor) => void;

class Head {
  readonly cursor = new RecordCursor();
  timeNs = Number.POSITIVE_INFINITY;
  /** Records passed so far. */
  passed = -1;
  private chunk: Buffer | null = null;
  private at = 0;

  constructor(readonly source: RecordSource) {
    this.advance();
  }

  advance(): void {
    this.passed += 1;
    this.at += RECORD_BYTES;
    if (this.chunk === null || this.at + RECORD_BYTES > this.chunk.length) {
      do this.chunk = this.source.next();
      while (this.chunk !== null && this.chunk.length < RECORD_BYTES);
      this.at = 0;
    }
    this.timeNs = this.chunk === null ? Number.POSITIVE_INFINITY : this.cursor.place(this.chunk, this.at).timeNs;
  }
}

/** The records of several sources in the order of their times; the first source wins a tie. */
export class RecordMerge {
  private readonly heads: readonly Head[];

  constructor(sources: readonly RecordSource[]) {
    this.heads = sources.map((source) => new Head(source));
  }

  /** Visits at most `most` records that are not later than `untilNs`; answers whether there may be more. */
  advance(untilNs: number, most: number, visit: RecordVisitor): boolean {
    for (let visited = 0; visited < most; visited++) {
      let earliest: Head | undefined;
      for (const head of this.heads) {
        if (head.timeNs < (earliest?.timeNs ?? Number.POSITIVE_INFINITY)) earliest = head;
      }
      if (!earliest || earliest.timeNs > untilNs) return false;
      pass(earliest, visit);
      earliest.advance();
    }
    return true;
  }

  /** Bytes of records visited, in the order of the sources. */
  get visitedBytes(): number[] {
    return this.heads.map(({ passed }) => passed * RECORD_BYTES);
  }
}

function pass({ source, cursor, passed }: Head, visit: RecordVisitor): void {
  try {
    visit(source.header, cursor);
  } catch (error) {
    if (error instanceof RecordError && source.locate) throw source.locate(passed, error);
    throw error;
  }
}

/** Passes the records of all sources to `visit` in the order of their times. */
export function mergeRecords(sources: readonly RecordSource[], visit: RecordVisitor): void {
  new RecordMerge(sources).advance(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, visit);
}
