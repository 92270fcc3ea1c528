import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { RecordWriter } from "../../../src/agent/record-writer.js";

const directory = mkdtempSync(join(tmpdir(), "havoq-writer-"));
let path: string;
let files = 0;
let writer: RecordWriter;

beforeEach(() => {
  path = join(directory, `${files++}.hvr`);
  writer = new RecordWriter({
    path,
    header: { role: "worker", index: 0, incarnation: 0, runTag: 1 },
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(() => writer.close());
afterAll(() => rmSync(directory, { recursive: true }));

const LEASE = { firstSequence: 0, count: 1, atNs: 1 };
const size = () => statSync(path).size;

it("writes what one turn packed with one write, before anybody goes on who waited for it", async () => {
  const header = size();
  writer.pack.lease(LEASE);
  const first = writer.flushed();
  writer.pack.lease(LEASE);
  const second = writer.flushed();
  expect(size()).toBe(header);
  await first;
  const written = size();
  expect(writer.pack.size).toBe(0);
  await second;
  expect(size()).toBe(written);
  expect(written).toBeGreaterThan(header);
});

it("does not keep a flood waiting until the end of the turn", async () => {
  let turnEnded = false;
  setImmediate(() => {
    turnEnded = true;
  });
  for (let packed = 0; packed < 2000; packed++) {
    writer.pack.lease(LEASE);
    void writer.flushed();
  }
  const { size: bytes } = writer.pack;
  const before = size();
  await writer.flushed();
  expect(turnEnded).toBe(false);
  expect(size()).toBe(before + bytes);
});
