import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { HEADER_BYTES, openPayload, runTag } from "../../../src/payload-header.js";
import { Kind, RECORD_BYTES, RecordCursor, RecordPacker } from "../../../src/record/format.js";
import { deriveSeed, hashToUnit } from "../../../src/stats/random.js";
import { describeWith } from "../../support/systems.js";
import { RUN_ID, sealed } from "./agent.js";
import { PLACES } from "./places.js";
import { ruby } from "./ruby.js";

const CONFIGURE = { runId: RUN_ID, index: 2, incarnation: 0 };
const ID = { producer: 3, incarnation: 1, sequence: 7 };
const DUE_NS = 5_000_000_000_123;

/** What the SDK's record file has after some calls on `file`, with `message` at hand. */
function written(calls: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "havoq-ruby-"));
  const path = join(folder, "worker-2.0.hvr");
  try {
    const code = `epoch_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
file = Havoq::RecordFile.new(given["path"], given["configure"], epoch_ns)
message = Havoq::Message.new(3, 1, 7, ${DUE_NS}, 14)
${calls}
puts JSON.generate(file.stats)`;
    ruby(code, { path, configure: CONFIGURE });
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Records with the times at which they were written taken as zero. */
function withoutTimes(file: Buffer): string[] {
  const records = Array.from({ length: file.length / RECORD_BYTES - 1 }, (_, at) =>
    Buffer.from(file.subarray((at + 1) * RECORD_BYTES, (at + 2) * RECORD_BYTES)).fill(0, 24),
  );
  return records.map((record) => record.toString("hex"));
}

const packed = (write: (pack: RecordPacker) => void): string => {
  const pack = new RecordPacker();
  write(pack);
  return pack.take().toString("hex");
};

await describeWith("sidekiq", "the arithmetic of the protocol in Ruby", () => {
  it("agrees on which messages are poison", () => {
    const code = "puts JSON.generate(given.map { |place| Havoq::Payload.hash_to_unit(*place) })";
    expect(ruby(code, PLACES)).toEqual(PLACES.map(([seed = 0, ...place]) => hashToUnit(seed, ...place)));
    expect(ruby("puts Havoq::Payload.derive_seed(42, 0, 0, 7)")).toBe(deriveSeed(42, 0, 0, 7) >>> 0);
  });

  it("opens payloads as havoq does: whole, empty, foreign, too short, and with any byte changed", () => {
    const good = sealed(7, { dueNs: DUE_NS, bytes: 40 });
    const changed = Array.from(good, (byte, at) => Buffer.from(good).fill(byte ^ 1, at, at + 1));
    const smallest = sealed(8, { bytes: HEADER_BYTES });
    const payloads = [good, smallest, sealed(9, { runId: "other" }), good.subarray(0, 31), Buffer.alloc(0), ...changed];
    const code = `tag = Havoq::Payload.run_tag("${RUN_ID}")
opened = given.map { |hex| Havoq::Payload.open([hex].pack("H*"), tag) }
puts JSON.generate(opened.map { |each| each.is_a?(String) ? each : each.to_h })`;
    const asRuby = (payload: Buffer) => {
      const opened = openPayload(payload, runTag(RUN_ID));
      if (typeof opened === "string") return opened;
      const { dueNs, ...rest } = opened;
      return { ...rest, due_ns: dueNs };
    };
    const hex = payloads.map((payload) => payload.toString("hex"));
    expect(ruby(code, hex)).toEqual(payloads.map(asRuby));
  });

  it("writes the records that havoq writes", () => {
    const file = written(`[nil, false, true].each { |each| file.started(message, each) }
file.handled("completed", message)
file.handled("failed", message, 6_000_000_000_000)
file.settled(message, 6_000_000_000_000)
file.stray("corrupt")
file.stray("foreign")`);
    const header = packed((pack) => pack.header({ role: "worker", index: 2, incarnation: 0, runTag: runTag(RUN_ID) }));
    expect(file.subarray(0, RECORD_BYTES).toString("hex")).toBe(header);
    const started = { ...ID, key: 14, dueNs: DUE_NS, atNs: 0 };
    expect(withoutTimes(file).slice(0, 4)).toEqual([
      packed((pack) => pack.started({ ...started, redelivered: undefined })),
      packed((pack) => pack.started({ ...started, redelivered: false })),
      packed((pack) => pack.started({ ...started, redelivered: true })),
      packed((pack) => pack.handled("completed", ID, 0)),
    ]);
    expect(withoutTimes(file)[5]).toBe(packed((pack) => pack.settled(ID, 6_000_000_000_000, 0)));
  });

  it("writes records in the order of their times, whichever thread they come from", () => {
    const file = written("8.times.map { Thread.new { 50.times { file.started(message, nil) } } }.each(&:join)");
    const cursor = new RecordCursor();
    const times = [];
    for (let at = RECORD_BYTES; at < file.length; at += RECORD_BYTES) {
      const { kind, timeNs } = cursor.place(file, at);
      expect(kind).toBe(Kind.started);
      times.push(timeNs);
    }
    expect(times).toHaveLength(400);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("finds a payload again that it has marked, and fills templates with what it tells", () => {
    const payload = sealed(7, { bytes: 40 }).toString("hex");
    const code = `payload = [given].pack("H*")
text = JSON.generate({ havoq: Havoq.marked(payload) })
args = Havoq.filled(["{sequence}", "order {sequence} of {producer}", { "key" => "{key}" }, 1], payload)
puts JSON.generate([Havoq.unmarked(text) == payload, Havoq.unmarked("nothing"), args])`;
    expect(ruby(code, payload)).toEqual([true, null, [7, "order 7 of 3", { key: 14 }, 1]]);
  });

  it.each([
    [{ kind: "constant", value: 5 }, 5],
    [{ kind: "uniform", min: 2, max: 8 }, 5],
    [{ kind: "exponential", mean: 5 }, 5],
    [{ kind: "normal", mean: 5, deviation: 1 }, 5],
  ])("draws handling times in milliseconds: %j", (handle, meanMs) => {
    const code = `rng = Random.new(1)
drawn = Array.new(20_000) { Havoq::Handling.draw_s(given, rng) * 1000 }
puts JSON.generate([drawn.min, drawn.sum / drawn.length])`;
    const [least, mean] = ruby(code, handle) as [number, number];
    expect(least).toBeGreaterThanOrEqual(0);
    expect(mean / meanMs).toBeGreaterThan(0.97);
    expect(mean / meanMs).toBeLessThan(1.03);
  });
});
