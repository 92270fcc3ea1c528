import { crc32 } from "node:zlib";
import type { Nanoseconds } from "./units.js";

/** Who sent a message, and which of its messages it is. */
export interface MessageId {
  readonly producer: number;
  /** How often this producer had been restarted. */
  readonly incarnation: number;
  /** Dense per producer incarnation, from 0. */
  readonly sequence: number;
}

/** What havoq writes at the front of every payload (32 bytes, little-endian). */
export interface PayloadHeader extends MessageId {
  /** When the schedule wanted the message sent. */
  readonly dueNs: Nanoseconds;
  readonly key: number;
}

/** Bytes of a payload that are havoq's; the smallest payload there is. */
export const HEADER_BYTES = 32;

const MAGIC = 0x5148; // "HQ"
const VERSION = 1;
const CRC_OFFSET = 28;
const TWO_32 = 2 ** 32;
const NO_CRC = Buffer.alloc(4);

/** Short form of a run's id that fits the header. */
export function runTag(runId: string): number {
  return crc32(runId);
}

/** Writes the header and the CRC of the whole payload into `payload`. */
export function sealPayload(payload: Buffer, tag: number, header: PayloadHeader): void {
  payload.writeUInt16LE(MAGIC, 0);
  payload.writeUInt16LE(VERSION, 2);
  payload.writeUInt32LE(tag, 4);
  payload.writeUInt16LE(header.producer, 8);
  payload.writeUInt16LE(header.incarnation, 10);
  payload.writeUInt32LE(header.sequence, 12);
  payload.writeUInt32LE(header.dueNs % TWO_32, 16);
  payload.writeUInt32LE(Math.floor(header.dueNs / TWO_32), 20);
  payload.writeUInt32LE(header.key, 24);
  payload.writeUInt32LE(payloadCrc(payload), CRC_OFFSET);
}

/** Reads a payload back: its header, or `corrupt` when the CRC is off, or `foreign` when another run (or version) sent it. */
export function openPayload(payload: Buffer, tag: number): PayloadHeader | "corrupt" | "foreign" {
  const isWhole = payload.length >= HEADER_BYTES && payload.readUInt32LE(CRC_OFFSET) === payloadCrc(payload);
  return isWhole ? openHeader(payload, tag) : "corrupt";
}

/** Reads the front of a payload back, of which the rest can't be checked. */
export function openHeader(payload: Buffer, tag: number): PayloadHeader | "corrupt" | "foreign" {
  if (payload.length < HEADER_BYTES || payload.readUInt16LE(0) !== MAGIC) return "corrupt";
  if (payload.readUInt16LE(2) !== VERSION || payload.readUInt32LE(4) !== tag) return "foreign";
  return readHeader(payload);
}

/** The header of a payload that is known to have one. */
export function readHeader(payload: Buffer): PayloadHeader {
  return {
    producer: payload.readUInt16LE(8),
    incarnation: payload.readUInt16LE(10),
    sequence: payload.readUInt32LE(12),
    dueNs: payload.readUInt32LE(16) + payload.readUInt32LE(20) * TWO_32,
    key: payload.readUInt32LE(24),
  };
}

/** CRC-32 over the whole payload with the CRC's own four bytes taken as zero. */
function payloadCrc(payload: Buffer): number {
  const head = crc32(payload.subarray(0, CRC_OFFSET));
  return crc32(payload.subarray(HEADER_BYTES), crc32(NO_CRC, head));
}
