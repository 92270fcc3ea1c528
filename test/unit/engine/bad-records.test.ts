import { closeSync, constants, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { EnvironmentError } from "../../../src/errors.js";
import { type FileHeader, RECORD_BYTES, RecordPacker } from "../../../src/record/format.js";
import { RunFold } from "../../../src/store/run-fold.js";
import { planOf } from "../../support/recording.js";

const MS = 1e6;
const TAG = 0x5b71aa66;
const MESSAGES = 8;
const directory = mkdtempSync(join(tmpdir(), "havoq-bad-records-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const PRODUCER = join(directory, "producer-0.0.hvr");
const WORKER = join(directory, "worker-1.0.hvr");
const plan = { ...planOf(10, [20 * MS]), latestNs: 20e9 };

function packed(header: FileHeader, write: (pack: RecordPacker) => void): Buffer {
  const pack = new RecordPacker();
  pack.header(header);
  write(pack);
  return Buffer.from(pack.take());
}

const producerHeader: FileHeader = { role: "producer", index: 0, incarnation: 0, runTag: TAG };
const workerHeader: FileHeader = { role: "worker", index: 1, incarnation: 0, runTag: TAG };
const id = (sequence: number) => ({ producer: 0, incarnation: 0, sequence });

const producer = packed(producerHeader, (pack) => {
  for (let sequence = 0; sequence < MESSAGES; sequence++) {
    const atNs = sequence * 10 * MS;
    pack.lease({ firstSequence: sequence, count: 1, atNs });
    const times = { dueNs: atNs, sentNs: atNs, doneNs: atNs + MS };
    pack.outcome({ outcome: "acked", level: "broker", errorCode: 0, sequence, ...times });
  }
});

function work(pack: RecordPacker, { from = 0, offsetNs = 0, started = true } = {}): void {
  for (let sequence = from; sequence < MESSAGES; sequence++) {
    const atNs = offsetNs + sequence * 10 * MS + 3 * MS;
    if (started) pack.started({ ...id(sequence), key: 0, redelivered: false, dueNs: sequence * 10 * MS, atNs });
    pack.handled("completed", id(sequence), atNs + MS);
    pack.settled(id(sequence), atNs, atNs + 2 * MS);
  }
}
const worker = packed(workerHeader, (pack) => work(pack));

const onDisk = new Map<string, Buffer>();
/** Writes over what was there: ext4 puts a file that is emptied and written again on the disk at once, which takes long. */
function put(file: string, bytes: Buffer): void {
  if (onDisk.get(file)?.equals(bytes)) return;
  onDisk.set(file, Buffer.from(bytes));
  const descriptor = openSync(file, constants.O_CREAT | constants.O_RDWR);
  ftruncateSync(descriptor, writeSync(descriptor, bytes, 0, bytes.length, 0));
  closeSync(descriptor);
}

function fold(producerBytes: Buffer, workerBytes: Buffer) {
  put(PRODUCER, producerBytes);
  put(WORKER, workerBytes);
  const run = new RunFold(directory, plan, TAG);
  run.foldAll();
  return run.fold;
}

const known = { inspected: true, anonymous: 0 };
/** What is said of a file, and the hint. */
function refusal(producerBytes: Buffer, workerBytes: Buffer): string {
  try {
    fold(producerBytes, workerBytes).delivery(known);
  } catch (error) {
    if (error instanceof EnvironmentError) return `${error.message} | ${error.hint}`;
    throw error;
  }
  return "";
}

/** Each field of 2, 4 or 8 bytes the other way round, as a program writes it that packs big-endian. */
function bigEndian(bytes: Buffer, fromRecord = 0): Buffer {
  const swapped = Buffer.from(bytes);
  for (let at = fromRecord * RECORD_BYTES; at < bytes.length; at += RECORD_BYTES) {
    if (at === 0) {
      swapped.subarray(4, 6).swap16();
      swapped.subarray(8, 12).swap16();
      swapped.subarray(12, 16).swap32();
      continue;
    }
    swapped.subarray(at + 2, at + 4).swap16();
    swapped.subarray(at + 4, at + 8).swap32();
    swapped.subarray(at + 8, at + 10).swap16();
    swapped.subarray(at + 12, at + 16).swap32();
    swapped.subarray(at + 16, at + 32).swap64();
  }
  return swapped;
}

describe("records that are wrong", () => {
  it("are none of what agents write, and a torn record at the end is left out", () => {
    expect(fold(producer, worker).delivery(known)).toMatchObject({ sent: MESSAGES, ok: MESSAGES });
    const torn = Buffer.concat([worker, Buffer.alloc(31, 3)]);
    expect(fold(producer, torn).delivery(known)).toMatchObject({ ok: MESSAGES });
  });

  const timeOfDay = 1_764_284_000e9;
  const cases: readonly (readonly [name: string, producer: Buffer, worker: Buffer, said: RegExp])[] = [
    [
      "times of day",
      producer,
      packed(workerHeader, (pack) => work(pack, { offsetNs: timeOfDay })),
      /worker-1\.0\.hvr, byte 32: a record of 176\d+ ns after t0.*looks like the time of day in ns/,
    ],
    [
      "a monotonic clock without the epoch",
      producer,
      packed(workerHeader, (pack) => work(pack, { offsetNs: 86_400e9 })),
      /worker-1\.0\.hvr, byte 32: .*less the epochNs of "start"; was it subtracted/,
    ],
    ["a file in big-endian", producer, bigEndian(worker), /worker-1\.0\.hvr, byte 0: .*wrong byte order/],
    ["records in big-endian", producer, bigEndian(worker, 1), /worker-1\.0\.hvr, byte 32: .*wrong byte order/],
    [
      "no header",
      producer,
      worker.subarray(32),
      /worker-1\.0\.hvr, byte 0: no header.*begin each file with its header/,
    ],
    [
      "the header of another worker",
      producer,
      packed({ ...workerHeader, index: 2 }, (pack) => work(pack)),
      /worker-1\.0\.hvr, byte 0: the header is that of worker-2\.0\.hvr/,
    ],
    [
      "a file of another run",
      packed({ ...producerHeader, runTag: 7 }, () => {}),
      worker,
      /producer-0\.0\.hvr, byte 0: the header's run tag is 0x00000007, this run's is 0x5b71aa66.*another run/,
    ],
    [
      "completed without started",
      producer,
      packed(workerHeader, (pack) => work(pack, { started: false })),
      /worker-1\.0\.hvr, byte 32: "completed" of message 0 of producer 0, .*never started/,
    ],
    [
      "failed without started",
      producer,
      packed(workerHeader, (pack) => pack.handled("failed", id(3), 50 * MS)),
      /worker-1\.0\.hvr, byte 32: "failed" of message 3 /,
    ],
    [
      "an unknown kind, in the middle",
      producer,
      Buffer.concat([worker.subarray(0, 128), Buffer.alloc(32, 77), worker.subarray(128)]),
      /worker-1\.0\.hvr, byte 128: a record of an unknown kind, 77.*32 bytes each/,
    ],
    [
      "bytes that are missing in the middle",
      producer,
      Buffer.concat([worker.subarray(0, 100), worker.subarray(101)]),
      /worker-1\.0\.hvr, byte \d+: .*/,
    ],
    [
      "a worker's record in a producer's file",
      packed(producerHeader, (pack) => work(pack)),
      worker,
      /producer-0\.0\.hvr, byte 32: a record of the kind "started" in the file of a producer/,
    ],
    [
      "an outcome of what was not leased",
      packed(producerHeader, (pack) => {
        const times = { dueNs: 0, sentNs: 0, doneNs: 0 };
        pack.outcome({ outcome: "acked", level: "broker", errorCode: 0, sequence: 4_000_000_000, ...times });
      }),
      packed(workerHeader, () => {}),
      /producer-0\.0\.hvr, byte 32: an outcome of message 4000000000, where 0 were leased/,
    ],
    [
      "a lease far out of range",
      packed(producerHeader, (pack) => pack.lease({ firstSequence: 4_000_000_000, count: 9, atNs: 0 })),
      packed(workerHeader, () => {}),
      /producer-0\.0\.hvr, byte 32: a lease from number 4000000000 on, where 0 were leased before.*dense/,
    ],
  ];
  it.each(cases)("%s: an error names the file, the byte and the likely mistake", (_name, one, other, said) => {
    expect(refusal(one, other)).toMatch(said);
  });

  it("of another kind than a file are refused, and not waited for", () => {
    const folder = join(directory, "other");
    mkdirSync(join(folder, "worker-0.0.hvr"), { recursive: true });
    expect(() => new RunFold(folder, plan, TAG).foldAll()).toThrow(/worker-0\.0\.hvr is no file/);
  });

  it("that claim four thousand million messages take no memory for them", () => {
    const all = packed(producerHeader, (pack) => pack.lease({ firstSequence: 0, count: 2 ** 32 - 1, atNs: 0 }));
    const run = fold(
      all,
      packed(workerHeader, () => {}),
    );
    expect(run.ledger.byteLength).toBe(0);
    expect(run.delivery(known).sent).toBe(2 ** 32 - 1);
  });
});

type Mutation = (bytes: Buffer) => Buffer;
const at = fc.nat({ max: worker.length - 1 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, fc.integer({ min: 0, max: 255 })).map(
    ([offset, byte]): Mutation =>
      (bytes) => {
        if (offset < bytes.length) bytes[offset] = byte;
        return bytes;
      },
  ),
  fc.tuple(at, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(
    ([offset, more]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, offset), more, bytes.subarray(offset)]),
  ),
  fc.tuple(at, fc.integer({ min: 1, max: 70 })).map(
    ([offset, count]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + count)]),
  ),
  at.map(
    (offset): Mutation =>
      (bytes) =>
        bytes.subarray(0, offset),
  ),
  fc.tuple(fc.nat({ max: 24 }), fc.constantFrom(8, 16, 24), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map(
    ([record, field, value]): Mutation =>
      (bytes) => {
        const offset = record * RECORD_BYTES + field;
        if (offset + 8 <= bytes.length) bytes.writeBigUInt64LE(value, offset);
        return bytes;
      },
  ),
  fc.constant<Mutation>((bytes) => bigEndian(bytes.subarray(0, bytes.length - (bytes.length % RECORD_BYTES)))),
);

describe("10,000 record files that were changed at random", () => {
  it("are folded within bounds, or refused by an error that names the file", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(mutation, { minLength: 1, maxLength: 4 }), (first, mutations) => {
        const changed = mutations.reduce<Buffer>(
          (bytes, change) => change(bytes),
          Buffer.from(first ? producer : worker),
        );
        try {
          const run = fold(first ? changed : producer, first ? worker : changed);
          run.delivery(known);
          expect(run.completed.counts.length).toBeLessThan(plan.latestNs / plan.countSliceNs + 2);
          expect(run.ledger.byteLength).toBeLessThan(2 ** 22);
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error;
          expect(error.message).toMatch(/^\/.*-[01]\.0\.hvr, byte \d+: ./);
          expect(error.hint).toBeTruthy();
        }
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});
