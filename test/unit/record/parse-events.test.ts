import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEvents } from "../../../src/record/parse-events.js";
import { RecordError } from "../../../src/record/record-error.js";

const BEGIN = {
  type: "begin",
  runId: "20250101-000000-abc123",
  seed: 1,
  startedAt: "2025-01-01T00:00:00.000Z",
  scenario: { load: {}, workers: {}, phases: { drain: "auto" }, faults: [] },
  target: {},
  environment: {},
  phases: [{ name: "baseline", startNs: 0, endNs: 10e9 }],
  proxyOverheadNs: null,
};
const LINES = [
  BEGIN,
  { type: "agent", name: "worker-0", incarnation: 0, state: "started", atNs: -3e8, detail: "pid 7" },
  { type: "clientError", role: "worker", atNs: 2e9, text: "gone" },
  { type: "depth", atNs: 3e9, ready: null, inFlight: 4 },
  { type: "something of a later version", more: true },
  { type: "end", atNs: 12e9, interrupted: false, notes: [] },
].map((event) => JSON.stringify(event));
const file = (lines: readonly string[]) => `${lines.join("\n")}\n`;
const withLine = (at: number, line: string) => file([...LINES.slice(0, at), line, ...LINES.slice(at)]);

function refusal(text: string): string {
  try {
    parseEvents(text);
    return "";
  } catch (error) {
    if (error instanceof RecordError) return `${error.message} | ${error.hint}`;
    throw error;
  }
}

describe("the events of a run", () => {
  it("are all whole lines; a torn last one is that of a run that was killed", () => {
    expect(parseEvents(file(LINES))).toEqual(LINES.map((line) => JSON.parse(line)));
    expect(parseEvents(`${file(LINES)}{"type":"en`)).toHaveLength(LINES.length);
    expect(parseEvents("")).toEqual([]);
  });

  it.each([
    [
      "a torn line in the middle",
      withLine(2, '{"type":"dep'),
      /^line 3 is no JSON.*only its last line may be cut short/,
    ],
    ["two lines in one", withLine(2, "{}{}"), /^line 3 is no JSON/],
    ["no object", withLine(2, "[1]"), /^line 3: .*expected object/],
    ["no type", withLine(2, '{"atNs":1}'), /^line 3: type: /],
    ["a time that is none", withLine(2, '{"type":"depth","atNs":"1"}'), /^line 3: atNs: /],
    [
      "a client's error without a text",
      withLine(2, '{"type":"clientError","role":"worker","atNs":1}'),
      /^line 3 .*text: /,
    ],
    [
      "a client's error at a time of day",
      withLine(2, '{"type":"clientError","role":"worker","atNs":1764284000000000000,"text":"x"}'),
      /^line 3: atNs is 1764284000000000000, .*time of day in ns/,
    ],
    [
      "a client's error long after the run",
      withLine(2, '{"type":"clientError","role":"worker","atNs":86400000000000,"text":"x"}'),
      /^line 3: atNs is 86400000000000, .*was it subtracted/,
    ],
    [
      "an end years later",
      withLine(2, '{"type":"end","atNs":1e17,"interrupted":false,"notes":[]}'),
      /^line 3: atNs is 1/,
    ],
    ["a beginning without phases", file([JSON.stringify({ ...BEGIN, phases: 1 })]), /^line 1 \("begin"\): phases: /],
  ])("with %s are refused with the line and the likely mistake", (_name, text, said) => {
    expect(refusal(text)).toMatch(said);
  });

  it.each(["toString", "__proto__", "constructor"])(
    "of a kind called %s, as every object has one, are read",
    (type) => {
      expect(refusal(withLine(2, `{"type":"${type}","atNs":1}`))).toBe("");
    },
  );

  it("that were changed at random are read within bounds, or refused with the line", () => {
    const bytes = file(LINES);
    const change = fc.tuple(fc.nat({ max: bytes.length }), fc.nat({ max: 9 }), fc.string({ maxLength: 9 }));
    fc.assert(
      fc.property(change, ([at, cut, more]) => {
        const said = refusal(bytes.slice(0, at) + more + bytes.slice(at + cut));
        expect(said).toMatch(/^$|^line \d+/);
      }),
      { numRuns: 2000 },
    );
  });
});
