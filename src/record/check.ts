import type { Nanoseconds } from "../units.js";
import { agentFileOf } from "./file-counts.js";
import { type FileHeader, Kind, type RecordCursor } from "./format.js";
import { stateOf } from "./ledger.js";
import { RecordError } from "./record-error.js";
import { isWithin, likelyMistake } from "./times.js";

const FIRST_KIND = Kind.lease;
const LAST_KIND = Kind.residue;
/** The kinds that a file of each role holds, both ends included. */
const KINDS: Readonly<Record<FileHeader["role"], readonly [first: number, last: number]>> = {
  producer: [Kind.lease, Kind.outcome],
  worker: [Kind.started, Kind.foreign],
  residue: [Kind.corrupt, Kind.residue],
};
const KIND_NAMES = new Map<number, string>(Object.entries(Kind).map(([name, kind]) => [kind, name]));
const WHOLE_RECORDS = "records are 32 bytes each, after a header of 32 bytes: is one missing, or cut short?";

/** Throws `RecordError` when a header is not that of the file of its name, or of another run than that of the tag. */
export function checkHeader({ role, index, incarnation, runTag }: FileHeader, name: string, expected?: number): void {
  const file = role === "residue" ? "residue.hvr" : `${role}-${index}.${incarnation}.hvr`;
  const hint = "write role, index and incarnation as configure gives them, little-endian";
  if (file !== agentFileOf(name)) throw new RecordError(`the header is that of ${file}`, hint);
  if (expected === undefined || runTag === expected) return;
  const why = `the header's run tag is ${hex(runTag)}, this run's is ${hex(expected)}`;
  throw new RecordError(why, "the file is of another run, or the tag is not the CRC-32 of the run id, little-endian");
}

const hex = (tag: number): string => `0x${tag.toString(16).padStart(8, "0")}`;

/** Throws `RecordError` when a record can't be of this file, or tells of a time that is not of the run. */
export function checkRecord(file: FileHeader, record: RecordCursor, latestNs: Nanoseconds): void {
  const { kind, flags } = record;
  if (kind < FIRST_KIND || kind > LAST_KIND)
    throw new RecordError(`a record of an unknown kind, ${kind}`, WHOLE_RECORDS);
  const [first, last] = KINDS[file.role];
  if (kind < first || kind > last)
    throw new RecordError(
      `a record of the kind "${KIND_NAMES.get(kind)}" in the file of a ${file.role}`,
      WHOLE_RECORDS,
    );
  checkTime(record.timeNs, latestNs);
  if (kind === Kind.outcome) checkTime(record.outcomeDueNs, latestNs);
  if (kind >= Kind.outcome && kind <= Kind.settled) checkTime(record.middleNs, latestNs);
  const coded = kind === Kind.outcome || kind === Kind.residue;
  if (coded && (flags < 1 || flags > 3))
    throw new RecordError(`byte 1 of a record of the kind "${KIND_NAMES.get(kind)}" is ${flags}`, "it is 1, 2 or 3");
}

function checkTime(atNs: Nanoseconds, latestNs: Nanoseconds): void {
  if (isWithin(atNs, latestNs)) return;
  const why = `a record of ${atNs} ns after t0, in a run of at most ${Math.round(latestNs)} ns`;
  throw new RecordError(why, likelyMistake(atNs, latestNs));
}

/** Throws `RecordError` when a lease leaves out numbers after the `leased` first ones. */
export function assertDense(leased: number, { sequence }: RecordCursor): void {
  if (sequence <= leased) return;
  const hint = "sequence numbers are dense, from 0; is a record missing, or the byte order wrong?";
  throw new RecordError(`a lease from number ${sequence} on, where ${leased} were leased before`, hint);
}

/** Throws `RecordError` when an outcome is that of none of the `leased` messages. */
export function assertLeased(leased: number, { sequence }: RecordCursor): void {
  if (sequence < leased) return;
  const hint = "a lease comes before the outcomes of its messages; is a record missing, or the byte order wrong?";
  throw new RecordError(`an outcome of message ${sequence}, where ${leased} were leased`, hint);
}

/** Throws `RecordError` when a handler has ended that, by the state of its message, never began. */
export function assertStarted(state: number, { kind, producer, incarnation, sequence }: RecordCursor): void {
  if (stateOf(state).started > 0) return;
  const hint = "a started record comes before the end of its handler";
  const what = `message ${sequence} of producer ${producer}, incarnation ${incarnation}`;
  throw new RecordError(`"${KIND_NAMES.get(kind)}" of ${what}, which was never started`, hint);
}
