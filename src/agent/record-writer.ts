import { closeSync, openSync, writeSync } from "node:fs";
import { type FileHeader, RecordPacker } from "../record/format.js";

/** What a record file is written with. */
export interface RecordWriterOptions {
  readonly path: string;
  readonly header: FileHeader;
  /** Size at which the file goes on in a new segment (`path.1`, `path.2`, ...); one file when not given. */
  readonly segmentBytes?: number;
  /** Packs what has to be known at the beginning of a further segment. */
  readonly onSegment?: (pack: RecordPacker) => void;
  /** Told of a write that failed, such as on a full disk. */
  readonly onError: (error: unknown) => void;
}

/** Those who wait for the records of one turn of the event loop. */
interface Turn {
  readonly ended: Promise<void>;
  readonly end: () => void;
  hurried: boolean;
}

/** This much is written before the turn ends, so that a flood of messages is handled as it comes in. */
const HURRY_BYTES = 8192;

/**
 * Appends records to a file with synchronous writes: what was written outlives the process in the page cache.
 * All records of one turn of the event loop share a write, which comes before anything that waits for `flushed`.
 */
export class RecordWriter {
  readonly pack = new RecordPacker();
  private file: number;
  private segment = 0;
  private written = 0;
  private turn: Turn | null = null;

  /** Creates the file; throws when it exists or can't be made. */
  constructor(private readonly options: RecordWriterOptions) {
    this.file = openSync(options.path, "ax");
    this.pack.header(options.header);
    this.flush();
  }

  /** Resolves when everything packed until now is written. */
  flushed(): Promise<void> {
    this.turn ??= this.beginTurn();
    const { turn } = this;
    if (this.pack.size >= HURRY_BYTES && !turn.hurried) {
      turn.hurried = true;
      process.nextTick(() => this.endTurn(turn));
    }
    return turn.ended;
  }

  /** Writes what is packed now. */
  flush(): void {
    if (this.pack.size === 0) return;
    try {
      this.write();
      if (this.written >= (this.options.segmentBytes ?? Number.POSITIVE_INFINITY)) this.nextSegment();
    } catch (error) {
      this.options.onError(error);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private beginTurn(): Turn {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const turn = { ended, end, hurried: false };
    setImmediate(() => this.endTurn(turn));
    return turn;
  }

  private endTurn(turn: Turn): void {
    if (this.turn !== turn) return;
    this.turn = null;
    this.flush();
    turn.end();
  }

  private write(): void {
    const packed = this.pack.take();
    for (let at = 0; at < packed.length; ) at += writeSync(this.file, packed, at);
    this.written += packed.length;
  }

  private nextSegment(): void {
    const { path, header, onSegment } = this.options;
    closeSync(this.file);
    this.segment += 1;
    this.file = openSync(`${path}.${this.segment}`, "ax");
    this.written = 0;
    this.pack.header(header);
    onSegment?.(this.pack);
    this.write();
  }
}
