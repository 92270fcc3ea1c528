/**
 * The record file: a 32-byte file header, then 32-byte records, little-endian, in the order of their times.
 * Written by agents (docs/agent-protocol.md), read only by the fold. A torn last record is ignored.
 */

import type { MessageId } from "../payload-header.js";
import type { AckLevel, ResiduePlace } from "../spi/driver.js";
import type { Nanoseconds } from "../units.js";
import { RecordError } from "./record-error.js";

/** Size of the file header and of every record. */
export const RECORD_BYTES = 32;

const FILE_MAGIC = 0x52515648; // "HVQR"
const FILE_VERSION = 1;
const TWO_32 = 2 ** 32;

/** First byte of a record. */
export const Kind = {
  /** The producer may hand over these sequence numbers from now on; written before the first of them is. */
  lease: 1,
  /** How one publish ended. */
  outcome: 2,
  /** A delivery, written before its handler runs. */
  started: 3,
  /** A handler that succeeded, written before its delivery is settled. */
  completed: 4,
  /** A handler that failed, written before its delivery is settled. */
  failed: 5,
  /** A delivery that was settled. */
  settled: 6,
  /** A delivery whose payload's CRC is wrong. */
  corrupt: 7,
  /** A delivery that this run did not send. */
  foreign: 8,
  /** A message that was found in the system after the drain. */
  residue: 9,
} as const;

/** How a publish ended; the code in a record, and in the ledger. */
export const OutcomeCode = { acked: 1, rejected: 2, indeterminate: 3 } as const;
/** How a publish ended, by its name. */
export type OutcomeName = keyof typeof OutcomeCode;

const ACK_LEVELS: readonly AckLevel[] = ["local", "broker", "replicated"];
const PLACES: readonly ResiduePlace[] = ["ready", "inFlight", "deadLettered"];

/** Who wrote a record file, and of which run. */
export interface FileHeader {
  readonly role: "producer" | "worker" | "residue";
  readonly index: number;
  readonly incarnation: number;
  readonly runTag: number;
}
const ROLES = ["producer", "worker", "residue"] as const;

/** Messages that a producer was about to send: consecutive ones from `firstSequence` on. */
export interface LeaseRecord {
  readonly firstSequence: number;
  readonly count: number;
  readonly atNs: Nanoseconds;
}

/** How the publish of one message ended, and when it was due, sent and done. */
export interface OutcomeRecord {
  readonly outcome: OutcomeName;
  readonly level: AckLevel;
  /** Index into the agent's error texts; 0 is none. */
  readonly errorCode: number;
  readonly sequence: number;
  readonly dueNs: Nanoseconds;
  readonly sentNs: Nanoseconds;
  readonly doneNs: Nanoseconds;
}

/** A delivery that a handler began with. */
export interface StartedRecord extends MessageId {
  readonly redelivered: boolean | undefined;
  readonly key: number;
  readonly dueNs: Nanoseconds;
  readonly atNs: Nanoseconds;
}

/** Packs records into a buffer that its owner writes out; see `RecordWriter` of the agent. */
export class RecordPacker {
  private buffer = Buffer.alloc(RECORD_BYTES * 256);
  private length = 0;

  /** Bytes packed since the last `take`. */
  get size(): number {
    return this.length;
  }

  /** The packed bytes, valid until the next record is packed. */
  take(): Buffer {
    const packed = this.buffer.subarray(0, this.length);
    this.length = 0;
    return packed;
  }

  header(header: FileHeader): void {
    const at = this.reserve();
    this.buffer.writeUInt32LE(FILE_MAGIC, at);
    this.buffer.writeUInt16LE(FILE_VERSION, at + 4);
    this.buffer.writeUInt8(ROLES.indexOf(header.role) + 1, at + 6);
    this.buffer.writeUInt16LE(header.index, at + 8);
    this.buffer.writeUInt16LE(header.incarnation, at + 10);
    this.buffer.writeUInt32LE(header.runTag, at + 12);
  }

  lease(record: LeaseRecord): void {
    const at = this.reserve();
    this.buffer.writeUInt8(Kind.lease, at);
    this.buffer.writeUInt32LE(record.firstSequence, at + 4);
    this.buffer.writeUInt32LE(record.count, at + 8);
    this.time(record.atNs, at + 24);
  }

  outcome(record: OutcomeRecord): void {
    const at = this.reserve();
    this.buffer.writeUInt8(Kind.outcome, at);
    this.buffer.writeUInt8(OutcomeCode[record.outcome], at + 1);
    this.buffer.writeUInt8(ACK_LEVELS.indexOf(record.level) + 1, at + 2);
    this.buffer.writeUInt8(record.errorCode, at + 3);
    this.buffer.writeUInt32LE(record.sequence, at + 4);
    this.time(record.dueNs, at + 8);
    this.time(record.sentNs, at + 16);
    this.time(record.doneNs, at + 24);
  }

  started(record: StartedRecord): void {
    const flags = record.redelivered === undefined ? 0 : record.redelivered ? 3 : 1;
    const at = this.message(Kind.started, flags, record);
    this.buffer.writeUInt32LE(record.key, at + 12);
    this.time(record.dueNs, at + 16);
    this.time(record.atNs, at + 24);
  }

  /** A completed or failed handler. */
  handled(kind: "completed" | "failed", id: MessageId, atNs: Nanoseconds): void {
    this.time(atNs, this.message(Kind[kind], 0, id) + 24);
  }

  settled(id: MessageId, deliveredNs: Nanoseconds, atNs: Nanoseconds): void {
    const at = this.message(Kind.settled, 0, id);
    this.time(deliveredNs, at + 16);
    this.time(atNs, at + 24);
  }

  /** A delivery that can't be attributed to a message of this run. */
  stray(kind: "corrupt" | "foreign", atNs: Nanoseconds): void {
    const at = this.reserve();
    this.buffer.writeUInt8(Kind[kind], at);
    this.time(atNs, at + 24);
  }

  residue(id: MessageId, place: ResiduePlace, atNs: Nanoseconds): void {
    this.time(atNs, this.message(Kind.residue, PLACES.indexOf(place) + 1, id) + 24);
  }

  private message(kind: number, flags: number, id: MessageId): number {
    const at = this.reserve();
    this.buffer.writeUInt8(kind, at);
    this.buffer.writeUInt8(flags, at + 1);
    this.buffer.writeUInt16LE(id.producer, at + 2);
    this.buffer.writeUInt32LE(id.sequence, at + 4);
    this.buffer.writeUInt16LE(id.incarnation, at + 8);
    return at;
  }

  private time(value: Nanoseconds, at: number): void {
    const whole = Math.max(0, Math.round(value));
    this.buffer.writeUInt32LE(whole % TWO_32, at);
    this.buffer.writeUInt32LE(Math.floor(whole / TWO_32), at + 4);
  }

  private reserve(): number {
    const at = this.length;
    if (at + RECORD_BYTES > this.buffer.length) {
      const larger = Buffer.alloc(this.buffer.length * 2);
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    this.length = at + RECORD_BYTES;
    this.buffer.fill(0, at, this.length);
    return at;
  }
}

/** Reads a file header; throws `RecordError` when the bytes are not a record file of this version. */
export function readFileHeader(buffer: Buffer): FileHeader {
  if (buffer.length < RECORD_BYTES || buffer.readUInt32LE(0) !== FILE_MAGIC) {
    const swapped = buffer.length >= RECORD_BYTES && buffer.readUInt32BE(0) === FILE_MAGIC;
    throw new RecordError("no header of a record file", swapped ? BYTE_ORDER : "begin each file with its header");
  }
  const version = buffer.readUInt16LE(4);
  if (version !== FILE_VERSION) {
    const swapped = buffer.readUInt16BE(4) === FILE_VERSION;
    throw new RecordError(
      `record file version ${version}, expected ${FILE_VERSION}`,
      swapped ? BYTE_ORDER : "another version of havoq reads it, or none",
    );
  }
  const role = ROLES[buffer.readUInt8(6) - 1];
  if (role === undefined) throw new RecordError("a record file of an unknown role", "byte 6 is 1, 2 or 3");
  return { role, index: buffer.readUInt16LE(8), incarnation: buffer.readUInt16LE(10), runTag: buffer.readUInt32LE(12) };
}

const BYTE_ORDER = "this looks like the wrong byte order: write little-endian numbers";

/** A window on one record at a time; moving it allocates nothing. */
export class RecordCursor {
  private view: DataView = new DataView(new ArrayBuffer(RECORD_BYTES));
  private at = 0;

  /** Points the cursor at the record that starts at byte `at` of `buffer`. */
  place(buffer: Buffer, at: number): this {
    const { view } = this;
    if (view.buffer !== buffer.buffer || view.byteOffset !== buffer.byteOffset || view.byteLength !== buffer.length) {
      this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    this.at = at;
    return this;
  }

  get kind(): number {
    return this.view.getUint8(this.at);
  }
  /** Outcome code, started flags or residue place, by kind. */
  get flags(): number {
    return this.view.getUint8(this.at + 1);
  }
  get ackLevel(): AckLevel {
    return ACK_LEVELS[this.view.getUint8(this.at + 2) - 1] ?? "broker";
  }
  get errorCode(): number {
    return this.view.getUint8(this.at + 3);
  }
  get producer(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  get sequence(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  get incarnation(): number {
    return this.view.getUint16(this.at + 8, true);
  }
  get leaseCount(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  get key(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  /** Due time of an outcome. */
  get outcomeDueNs(): Nanoseconds {
    return this.timeAt(8);
  }
  /** Sent time of an outcome; due time of a started record; delivery time of a settled record. */
  get middleNs(): Nanoseconds {
    return this.timeAt(16);
  }
  /** The time by which records are ordered: when the fact was so. */
  get timeNs(): Nanoseconds {
    return this.timeAt(24);
  }
  /** What the broker said about an earlier delivery of this message. */
  get redelivered(): boolean | undefined {
    const flags = this.flags;
    return (flags & 1) === 0 ? undefined : (flags & 2) !== 0;
  }

  private timeAt(offset: number): Nanoseconds {
    return this.view.getUint32(this.at + offset, true) + this.view.getUint32(this.at + offset + 4, true) * TWO_32;
  }
}
