/**
 * What is known of every message, in one byte each: outcome (2 bits), deliveries started (2), completions (2), and
 * where it was found after the drain (2). The counts saturate at 3; what exceeds one is counted as it happens.
 */

import type { MessageId } from "../payload-header.js";
import type { ResiduePlace } from "../spi/driver.js";
import { OutcomeCode } from "./format.js";

const PAGE = 1 << 16;

/** Values of the two low bits of a state: how the publish ended. */
export const Outcome = { leased: 0, ...OutcomeCode } as const;
const PLACE_CODE: Readonly<Record<ResiduePlace, number>> = { ready: 1, inFlight: 2, deadLettered: 3 };

/** Unpacks one byte of the ledger. */
export const stateOf = (byte: number) => ({
  outcome: byte & 3,
  started: (byte >> 2) & 3,
  completed: (byte >> 4) & 3,
  residue: (byte >> 6) & 3,
});

/** Ledger of one producer incarnation: pages of bytes, and how many sequence numbers were leased. */
class Stream {
  /** Only those in which something is known. */
  readonly pages: (Uint8Array | undefined)[] = [];
  leased = 0;
  /** Highest sequence number delivered so far, by key; for order inversions. */
  highestDelivered = new Map<number, number>();

  get(sequence: number): number {
    return this.pages[Math.floor(sequence / PAGE)]?.[sequence % PAGE] ?? 0;
  }

  set(sequence: number, byte: number): void {
    const page = Math.floor(sequence / PAGE);
    const bytes = this.pages[page] ?? new Uint8Array(PAGE);
    this.pages[page] = bytes;
    bytes[sequence % PAGE] = byte;
  }
}

/** The message ledger; every method says whether what it was told was new. */
export class Ledger {
  private readonly streams = new Map<number, Stream>();

  /** Allows `count` sequence numbers from `first`; they are indeterminate until an outcome is known. */
  lease(producer: number, incarnation: number, first: number, count: number): void {
    const stream = this.stream(producer, incarnation);
    stream.leased = Math.max(stream.leased, first + count);
  }

  /** Stores how a publish ended and answers with the state before; a second outcome of a message is ignored. */
  outcome(id: MessageId, code: number): number {
    const stream = this.stream(id.producer, id.incarnation);
    const before = stream.get(id.sequence);
    if ((before & 3) === Outcome.leased) stream.set(id.sequence, before | code);
    return before;
  }

  /** Counts a delivery; `undefined` when the message was never leased, else the state before. */
  started(
    id: MessageId & { readonly key?: number },
  ): { readonly before: number; readonly inverted: boolean } | undefined {
    const stream = this.known(id);
    if (!stream) return undefined;
    const before = stream.get(id.sequence);
    const first = (before & 0b1100) === 0;
    const { key = 0 } = id;
    const highest = stream.highestDelivered.get(key) ?? -1;
    const inverted = first && id.sequence < highest;
    if (id.sequence > highest) stream.highestDelivered.set(key, id.sequence);
    if ((before & 0b1100) !== 0b1100) stream.set(id.sequence, before + 0b100);
    return { before, inverted };
  }

  /** Counts a completion; `undefined` when the message was never leased, else the state before. */
  completed(id: MessageId): number | undefined {
    const stream = this.known(id);
    if (!stream) return undefined;
    const before = stream.get(id.sequence);
    if ((before & 0b110000) !== 0b110000) stream.set(id.sequence, before + 0b10000);
    return before;
  }

  /** Notes where a message was found after the drain; answers whether it is one of ours. A dead letter outranks the rest. */
  residue(id: MessageId, place: number): boolean {
    const stream = this.known(id);
    if (!stream) return false;
    const before = stream.get(id.sequence);
    const code = Math.max(before >> 6, place);
    stream.set(id.sequence, (before & 0b111111) | (code << 6));
    return true;
  }

  /** The message's number in its producer's schedule, which a successor goes on with after all that was leased. */
  indexOf({ producer, incarnation, sequence }: MessageId): number {
    let index = sequence;
    for (let before = 0; before < incarnation; before++) index += this.stream(producer, before).leased;
    return index;
  }

  /** Whether the message is one that its producer may have sent. */
  isLeased(id: MessageId): boolean {
    return this.known(id) !== undefined;
  }

  state(id: MessageId): number {
    return this.streams.get(streamKey(id.producer, id.incarnation))?.get(id.sequence) ?? 0;
  }

  /** Sequence numbers leased so far to one incarnation of a producer. */
  leasedTo(producer: number, incarnation: number): number {
    return this.streams.get(streamKey(producer, incarnation))?.leased ?? 0;
  }

  /** How many messages are in each of the 256 states. */
  tally(): Float64Array {
    const counts = new Float64Array(256);
    for (const stream of this.streams.values()) {
      for (let page = 0; page * PAGE < stream.leased; page++) {
        const bytes = stream.pages[page];
        const end = Math.min(PAGE, stream.leased - page * PAGE);
        if (!bytes) counts[0] = (counts[0] ?? 0) + end;
        else for (let i = 0; i < end; i++) tallyOne(counts, bytes[i] ?? 0);
      }
    }
    return counts;
  }

  /** All states as plain data for `restore`; shares the pages. */
  snapshot() {
    return [...this.streams].map(
      ([key, { pages, leased, highestDelivered }]) => [key, { pages, leased, highestDelivered }] as const,
    );
  }

  restore(state: ReturnType<Ledger["snapshot"]>): void {
    for (const [key, stored] of state) {
      const stream = new Stream();
      stream.pages.push(...stored.pages);
      stream.leased = stored.leased;
      stream.highestDelivered = stored.highestDelivered;
      this.streams.set(key, stream);
    }
  }

  /** Messages leased in all. */
  get leased(): number {
    let sum = 0;
    for (const stream of this.streams.values()) sum += stream.leased;
    return sum;
  }

  /** Bytes held, for the yardstick. */
  get byteLength(): number {
    let sum = 0;
    for (const { pages } of this.streams.values()) for (const page of pages) sum += page?.byteLength ?? 0;
    return sum;
  }

  private known(id: MessageId): Stream | undefined {
    const stream = this.streams.get(streamKey(id.producer, id.incarnation));
    return stream !== undefined && id.sequence < stream.leased ? stream : undefined;
  }

  private stream(producer: number, incarnation: number): Stream {
    const key = streamKey(producer, incarnation);
    let stream = this.streams.get(key);
    if (!stream) {
      stream = new Stream();
      this.streams.set(key, stream);
    }
    return stream;
  }
}

/** Code of a place in the ledger's two high bits, as in a residue record. */
export const placeCode = (place: ResiduePlace): number => PLACE_CODE[place];

const streamKey = (producer: number, incarnation: number): number => producer * 65_536 + incarnation;

function tallyOne(counts: Float64Array, byte: number): void {
  counts[byte] = (counts[byte] ?? 0) + 1;
}
