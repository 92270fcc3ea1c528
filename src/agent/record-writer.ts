import { closeSync, openSync, writeSync } from "node:fs";
import { type FileHeader, RecordPacker } from "../record/format.js";

/**
 * Appends records to a file with synchronous writes: what was written outlives the process in the page cache.
 * All records of one turn of the event loop share a write, which comes before anything that waits for `flushed`.
 */
export class RecordWriter {
  readonly pack = new RecordPacker();
  private readonly file: number;
  private turn: Promise<void> | null = null;

  /** Opens (creates) the file; `onError` is told of a write that failed, such as a full disk. */
  constructor(
    path: string,
    header: FileHeader,
    private readonly onError: (error: unknown) => void,
  ) {
    this.file = openSync(path, "ax");
    this.pack.header(header);
    this.flush();
  }

  /** Resolves when everything packed in this turn is written. */
  flushed(): Promise<void> {
    this.turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.flush();
        resolve();
      });
    });
    return this.turn;
  }

  /** Writes what is packed now. */
  flush(): void {
    this.turn = null;
    if (this.pack.size === 0) return;
    const packed = this.pack.take();
    try {
      for (let at = 0; at < packed.length; ) at += writeSync(this.file, packed, at);
    } catch (error) {
      this.onError(error);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }
}
