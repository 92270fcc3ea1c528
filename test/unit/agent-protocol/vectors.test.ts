import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HEADER_BYTES, openPayload, runTag } from "../../../src/payload-header.js";
import { RecordPacker } from "../../../src/record/format.js";
import { deriveSeed, hashToUnit } from "../../../src/stats/random.js";
import { describeWith } from "../../support/systems.js";
import { RUN_ID, sealed } from "./agent.js";
import { PLACES } from "./places.js";
import { python } from "./python.js";

await describeWith("python", "the arithmetic of the protocol in Python", () => {
  it("agrees on which messages are poison", () => {
    const code = `from havoq.records import hash_to_unit
print(json.dumps([hash_to_unit(*place) for place in json.loads('${JSON.stringify(PLACES)}')]))`;
    expect(python(code)).toEqual(PLACES.map(([seed = 0, ...place]) => hashToUnit(seed, ...place)));
  });

  it("opens payloads as havoq does: whole, empty, foreign, too short, and with any byte changed", () => {
    const good = sealed(7, { dueNs: 5_000_000_000_123, bytes: 40 });
    const changed = Array.from(good, (byte, at) => Buffer.from(good).fill(byte ^ 1, at, at + 1));
    const smallest = sealed(8, { bytes: HEADER_BYTES });
    const payloads = [good, smallest, sealed(9, { runId: "other" }), good.subarray(0, 31), Buffer.alloc(0), ...changed];
    const hex = JSON.stringify(payloads.map((payload) => payload.toString("hex")));
    const code = `from havoq.records import open_payload, run_tag
opened = [open_payload(bytes.fromhex(each), run_tag("${RUN_ID}")) for each in json.loads('${hex}')]
print(json.dumps([each if isinstance(each, str) else each._asdict() for each in opened]))`;
    const asPython = (payload: Buffer) => {
      const opened = openPayload(payload, runTag(RUN_ID));
      if (typeof opened === "string") return opened;
      const { dueNs, ...rest } = opened;
      return { ...rest, due_ns: dueNs };
    };
    expect(python(code)).toEqual(payloads.map(asPython));
  });

  it.each([
    [{ kind: "constant", value: 5 }, 5],
    [{ kind: "uniform", min: 2, max: 8 }, 5],
    [{ kind: "exponential", mean: 5 }, 5],
    [{ kind: "normal", mean: 5, deviation: 1 }, 5],
  ])("draws handling times in milliseconds: %j", (handle, meanMs) => {
    const code = `import random
from havoq.handling import draw_handling_s
rng = random.Random(1)
drawn = [draw_handling_s(json.loads('${JSON.stringify(handle)}'), rng) * 1000 for _ in range(20000)]
print(json.dumps([min(drawn), sum(drawn) / len(drawn)]))`;
    const [least, mean] = python(code) as [number, number];
    expect(least).toBeGreaterThanOrEqual(0);
    expect(mean / meanMs).toBeGreaterThan(0.97);
    expect(mean / meanMs).toBeLessThan(1.03);
  });
});

describe("the vectors of docs/agent-protocol.md", () => {
  // A formatter may pad the cells of a table.
  const document = readFileSync(new URL("../../../docs/agent-protocol.md", import.meta.url), "utf8").replace(
    / +/g,
    " ",
  );
  const atNs = 6_000_000_000_000;
  const id = { producer: 3, incarnation: 1, sequence: 7 };
  const dueNs = 5_000_000_000_123;
  const packed = (write: (pack: RecordPacker) => void) => {
    const pack = new RecordPacker();
    write(pack);
    return `\`${pack.take().toString("hex")}\``;
  };

  it.each([
    ["payload", `\`${sealed(7, { dueNs, bytes: 40 }).toString("hex")}\``],
    ["header", packed((pack) => pack.header({ role: "worker", index: 2, incarnation: 0, runTag: runTag(RUN_ID) }))],
    ["started", packed((pack) => pack.started({ ...id, key: 14, dueNs, redelivered: undefined, atNs }))],
    ["completed", packed((pack) => pack.handled("completed", id, atNs + 1e6))],
    ["settled", packed((pack) => pack.settled(id, atNs, atNs + 1_001_000))],
    ["hash(42, 0, 0, 7)", String(deriveSeed(42, 0, 0, 7) >>> 0)],
    ["hash(-1, 65535, 65535, 4294967295)", String(deriveSeed(-1, 65_535, 65_535, 4_294_967_295) >>> 0)],
  ])("are what havoq computes: %s", (name, value) => {
    expect(document).toContain(`| ${name} | ${value} |`);
  });

  it("name the run's tag", () => {
    expect(document).toContain(`\`${RUN_ID}\` (its tag: \`0x${runTag(RUN_ID).toString(16)}\`)`);
  });
});
