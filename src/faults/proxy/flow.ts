import type { Socket } from "node:net";
import { resetSocket } from "./sockets.js";
import type { Item, Stage, StageFactory } from "./stage.js";

/** What may wait in the sink's socket before reading stops; more than Node's own mark, so that a full read never stalls. */
const SINK_BYTES = 256 * 1024;

interface Link {
  /** Place in the order of the effects. */
  readonly rank: number;
  readonly stage: Stage;
}

/** One direction of a connection: reads a socket, passes through the stages of the active faults, writes the other. */
export class Flow {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #changed: () => void;
  #links: Link[] = [];
  #blocked = false;
  #reading = false;
  #bytes = 0;

  /** @param changed - called when `full` may have changed; is to call `refresh` in time. */
  constructor(source: Socket, sink: Socket, changed: () => void) {
    this.#source = source;
    this.#sink = sink;
    this.#changed = changed;
    source.pause();
    source.on("data", (chunk: Buffer) => this.#take(chunk));
    source.on("end", () => this.#push(0, { kind: "end" }));
    source.on("error", () => this.#sourceFailed());
    sink.on("drain", () => {
      this.#blocked = false;
      this.#changed();
    });
  }

  /** Bytes handed to the sink. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a stage wants nothing more to be read. */
  get full(): boolean {
    return this.#links.some((link) => link.stage.full);
  }

  /** Reads on, or stops reading, as the sink and the stages want it. */
  refresh(): void {
    const reading = !this.#blocked && !this.full;
    if (reading === this.#reading) return;
    this.#reading = reading;
    if (reading) this.#source.resume();
    else this.#source.pause();
  }

  /** Puts a stage on the place of its rank; what is already beyond that place is not concerned. */
  add(rank: number, make: StageFactory): Stage {
    const stage: Stage = make({
      pass: (item) => this.#push(this.#indexOf(stage) + 1, item),
      done: () => this.#remove(stage),
    });
    const next = this.#links.findIndex((link) => link.rank > rank);
    this.#links.splice(next === -1 ? this.#links.length : next, 0, { rank, stage });
    this.#changed();
    return stage;
  }

  /** Drops all stages with what they hold, and lets everything through. */
  clear(): void {
    const links = this.#links;
    this.#links = [];
    for (const { stage } of links) stage.close();
  }

  #take(chunk: Buffer): void {
    if (this.#links.length === 0) this.#write(chunk, undefined);
    else this.#push(0, { kind: "data", chunk });
  }

  #sourceFailed(): void {
    // Paused, so Node may hold bytes that came before the RST; on a wire they are ahead of it.
    const rest: Buffer | null = this.#source.read();
    if (rest !== null) this.#push(0, { kind: "data", chunk: rest });
    this.#push(0, { kind: "reset" });
  }

  /** Gives an item to the stage at `index`, or to the sink behind the last one. */
  #push(index: number, item: Item): void {
    const link = this.#links[index];
    if (link === undefined) this.#deliver(item);
    else link.stage.push(item);
    this.#changed();
  }

  #deliver(item: Item): void {
    if (item.kind === "data") this.#write(item.chunk, item.written);
    else if (item.kind === "end") this.#sink.end();
    else resetSocket(this.#sink);
  }

  #write(chunk: Buffer, written: (() => void) | undefined): void {
    if (this.#sink.destroyed || this.#sink.writableEnded) return;
    this.#bytes += chunk.length;
    if (written === undefined) this.#sink.write(chunk);
    else this.#sink.write(chunk, (error) => error ?? written());
    if (this.#sink.writableLength <= SINK_BYTES) return;
    this.#blocked = true;
    this.refresh();
  }

  #indexOf(stage: Stage): number {
    return this.#links.findIndex((link) => link.stage === stage);
  }

  #remove(stage: Stage): void {
    const index = this.#indexOf(stage);
    if (index !== -1) this.#links.splice(index, 1);
    this.#changed();
  }
}
