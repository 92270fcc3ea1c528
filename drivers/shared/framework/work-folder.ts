import { appendFileSync, closeSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What the SDK in a framework's processes tells. */
const toldSchema = z.discriminatedUnion("type", [
  /** The worker takes messages. */
  z.object({ type: z.literal("ready") }),
  /** An error that belongs to no single message; the time is CLOCK_MONOTONIC, as a decimal string. */
  z.object({ type: z.literal("clientError"), atMonotonicNs: z.string().regex(/^\d{1,19}$/), text: z.string() }),
]);

/** One line of the SDK's. */
export type Told = z.infer<typeof toldSchema>;

const CONTROL_BYTES = 16;
const CHUNK_BYTES = 1 << 16;

/**
 * The folder through which havoq and the SDK in a framework's processes speak: `worker.json` says what the run is,
 * `control` holds t0 (8 bytes, 0 before the start) and what `slow: worker` adds in milliseconds (a double), both
 * little-endian, and `events.ndjson` is the SDK's. Files outlive processes that are killed, and forks need no care.
 */
export class WorkFolder {
  private readonly control: number;
  private readonly events: number;
  private heard = 0;
  private begun = "";

  /** Makes the folder, which must not exist. */
  constructor(
    readonly path: string,
    work: Readonly<Record<string, unknown>>,
  ) {
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, "worker.json"), JSON.stringify(work), { mode: 0o600 });
    this.control = openSync(join(path, "control"), "w+", 0o600);
    writeSync(this.control, Buffer.alloc(CONTROL_BYTES));
    const events = join(path, "events.ndjson");
    appendFileSync(events, "", { mode: 0o600 });
    this.events = openSync(events, "r");
  }

  /** Lets handlers begin: t0 on CLOCK_MONOTONIC. */
  start(epochNs: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(epochNs);
    writeSync(this.control, bytes, 0, 8, 0);
  }

  /** Adds to every handling time; 0 heals. */
  slow(byMs: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(byMs);
    writeSync(this.control, bytes, 0, 8, 8);
  }

  /** What the SDK has told since the last look; throws on a line that is not of the SDK. */
  news(): Told[] {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let read = CHUNK_BYTES; read === CHUNK_BYTES; ) {
      read = readSync(this.events, chunk, 0, CHUNK_BYTES, this.heard);
      this.heard += read;
      this.begun += chunk.toString("utf8", 0, read);
    }
    const lines = this.begun.split("\n");
    this.begun = lines.pop() ?? "";
    return lines.map((line) => toldSchema.parse(JSON.parse(line)));
  }

  close(): void {
    closeSync(this.control);
    closeSync(this.events);
  }
}
