import { type FileHeader, RECORD_BYTES, RecordCursor } from "./format.js";

/** A run of whole records of one file, in the order of their times. */
export interface RecordSource {
  readonly header: FileHeader;
  /** The next records, or `null` at the end; called only when the last ones are used up. */
  next(): Buffer | null;
}

class Head {
  readonly cursor = new RecordCursor();
  timeNs = Number.POSITIVE_INFINITY;
  private chunk: Buffer | null = null;
  private at = 0;

  constructor(readonly source: RecordSource) {
    this.advance();
  }

  advance(): void {
    this.at += RECORD_BYTES;
    if (this.chunk === null || this.at + RECORD_BYTES > this.chunk.length) {
      do this.chunk = this.source.next();
      while (this.chunk !== null && this.chunk.length < RECORD_BYTES);
      this.at = 0;
    }
    this.timeNs = this.chunk === null ? Number.POSITIVE_INFINITY : this.cursor.place(this.chunk, this.at).timeNs;
  }
}

/** Passes the records of all sources to `visit` in the order of their times; the first source wins a tie. */
export function mergeRecords(
  sources: readonly RecordSource[],
  visit: (header: FileHeader, record: RecordCursor) => void,
): void {
  const heads = sources.map((source) => new Head(source));
  for (;;) {
    let earliest: Head | undefined;
    for (const head of heads) {
      if (head.timeNs < (earliest?.timeNs ?? Number.POSITIVE_INFINITY)) earliest = head;
    }
    if (!earliest) return;
    visit(earliest.source.header, earliest.cursor);
    earliest.advance();
  }
}
