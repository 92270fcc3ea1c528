import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FromAgent } from "../../../src/agent/protocol.js";
import { AgentProcess } from "../../../src/engine/agent-process.js";
import { LONGEST_LINE, parseLine, readLines, WrongWords } from "../../../src/engine/agent-words.js";
import type { EnvironmentError } from "../../../src/errors.js";
import { isAlive, startTicksOf } from "../../../src/os/processes.js";
import { eventually } from "../../support/eventually.js";

const NOW_NS = 60e9;

/** What is said of a line, and the hint. */
function refusal(message: unknown): string {
  try {
    parseLine(typeof message === "string" ? message : JSON.stringify(message), NOW_NS);
    return "";
  } catch (error) {
    if (error instanceof WrongWords) return `${error.message} | ${error.hint}`;
    throw error;
  }
}

describe("a line of an agent", () => {
  it("is a message when it is of the protocol", () => {
    const messages: FromAgent[] = [
      { type: "hello", protocol: 1 },
      { type: "ready" },
      { type: "stats", started: 3, completed: 2, eventLoopDelayP99Ns: 1.5e6 },
      { type: "errorText", code: 255, text: "other errors" },
      { type: "clientError", atNs: 0, text: "gone" },
      { type: "loadDone" },
      { type: "fatal", text: "no space", code: "ENOSPC" },
      { type: "bye", acked: 7 },
    ];
    for (const message of messages) expect(parseLine(JSON.stringify(message), NOW_NS)).toEqual(message);
    expect(parseLine('{"type":"ready","more":1}', NOW_NS)).toEqual({ type: "ready" });
  });

  it.each(["", "starting up", "[1]", "null", "7", '{"level":"info"}', '{"type":"info","text":1}', '{"type":', "{}"])(
    "is not for havoq when it is %j",
    (line) => {
      expect(parseLine(line, NOW_NS)).toBeNull();
    },
  );

  it.each([
    [
      { type: "clientError", atNs: 1.764e18, text: "x" },
      /clientError: atNs is 1764\d+, .*lasted 60000000000 ns.*time of day in ns/,
    ],
    [{ type: "clientError", atNs: 1.764e15, text: "x" }, /time of day in us/],
    [{ type: "clientError", atNs: 1.764e12, text: "x" }, /time of day in ms/],
    [{ type: "clientError", atNs: 86_400e9, text: "x" }, /less the epochNs of "start"; was it subtracted/],
    [{ type: "clientError", atNs: -86_400e9, text: "x" }, /less the epochNs of "start"/],
    [{ type: "clientError", atNs: 5 }, /clientError: text: .*expected string.*agent-protocol\.md/],
    [{ type: "clientError", atNs: "5", text: "x" }, /clientError: atNs: .*expected number/],
    [{ type: "errorText", code: 256, text: "x" }, /errorText: code: /],
    [{ type: "stats", started: 1.5 }, /stats: started: /],
    [{ type: "stats", completed: -1 }, /stats: completed: /],
    [{ type: "stats", eventLoopDelayP99Ns: 1e18 }, /stats: eventLoopDelayP99Ns is 1000/],
    [{ type: "hello", protocol: "1" }, /hello: protocol: .*expected number/],
    [{ type: "fatal" }, /fatal: text: /],
  ])("that is %j is refused, with the likely mistake", (message, said) => {
    expect(refusal(message)).toMatch(said);
  });

  it("is shown without its control characters, and cut", () => {
    const said = refusal({ type: "fatal", note: `\u001b[2J\n${"x".repeat(5000)}` });
    expect(said).not.toContain("\u001b");
    expect(said.length).toBeLessThan(600);
  });
});

const word = fc.oneof(fc.integer(), fc.double(), fc.bigInt().map(Number), fc.string(), fc.constant(null), fc.boolean());
const message = fc.record(
  {
    type: fc.constantFrom(
      "hello",
      "ready",
      "stats",
      "errorText",
      "clientError",
      "loadDone",
      "fatal",
      "bye",
      "__proto__",
    ),
    ...Object.fromEntries(
      ["protocol", "code", "text", "atNs", "started", "completed", "acked", "eventLoopDelayP99Ns"].map((key) => [
        key,
        fc.oneof(word, fc.jsonValue()),
      ]),
    ),
  },
  { requiredKeys: ["type"] },
);

describe("10,000 lines made up at random", () => {
  it("are messages within bounds, noise, or an error about the line", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          message.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (line) => {
          try {
            const heard = parseLine(line, NOW_NS);
            if (heard?.type === "clientError") expect(Math.abs(heard.atNs)).toBeLessThan(2 * NOW_NS);
          } catch (error) {
            if (!(error instanceof WrongWords)) throw error;
            expect(error.hint).toBeTruthy();
          }
        },
      ),
      { numRuns: 10_000 },
    );
  }, 120_000);
});

describe("the lines of a stream", () => {
  const pieces = fc.array(
    fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "")),
    { minLength: 1 },
  );
  it("are the same however the stream is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, fc.array(fc.nat({ max: 50 })), async (lines, cuts) => {
        const stream = new PassThrough();
        const heard: string[] = [];
        readLines(
          stream,
          (line) => heard.push(line),
          () => expect.fail("too long"),
        );
        const bytes = Buffer.from(`${lines.join("\n")}\n`);
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          stream.write(bytes.subarray(from, from + cut));
          from += cut;
        }
        stream.end();
        await eventually(() => stream.readableEnded, Boolean);
        expect(heard).toEqual(lines);
      }),
      { numRuns: 50 },
    );
  });
});

/** A program in the place of a worker. */
function agent(script: string) {
  const directory = mkdtempSync(join(tmpdir(), "havoq-words-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "worker.mjs");
  writeFileSync(file, script);
  const wrong: EnvironmentError[] = [];
  const heard: FromAgent[] = [];
  const process_ = new AgentProcess({
    name: "worker-3",
    command: [process.execPath, file],
    cwd: directory,
    env: {},
    logFile: join(directory, "worker-3.log"),
    onSpawn: () => {},
    onEvent: () => {},
    onMessage: (said) => heard.push(said),
    onWrongWords: (error) => wrong.push(error),
    now: () => NOW_NS,
  });
  return {
    process: process_,
    wrong,
    heard,
    identity: { pid: process_.pid, startTicks: startTicksOf(process_.pid) ?? 0 },
  };
}

describe("a program of the user's own", () => {
  it("whose line never ends is cut off at a bound, and ended", async () => {
    const {
      process: endless,
      wrong,
      identity,
    } = agent(`
      const piece = "x".repeat(1 << 20);
      const more = () => process.stdout.write(piece, more);
      more();
    `);
    expect(await endless.exited).toContain("SIGKILL");
    expect(wrong).toHaveLength(1);
    expect(wrong[0]?.message).toMatch(/^worker-3 \(.*worker\.mjs\) said .*: a line of more than 1048576 bytes/);
    expect(wrong[0]?.message.length).toBeLessThan(1000);
    expect(isAlive(identity)).toBe(false);
  });

  it("that is wrong before it is ready is named when it is waited for", async () => {
    const { process: hasty } = agent(`
      console.log("noise");
      console.log(JSON.stringify({ type: "clientError", atNs: Date.now() * 1e6, text: "no broker" }));
      setInterval(() => {}, 1000);
    `);
    const connected = hasty.connect({
      type: "configure",
      runId: "r",
      driver: "d",
      options: {},
      seed: 1,
      index: 0,
      incarnation: 0,
    });
    await expect(connected).rejects.toThrow(
      /^worker-3 \(.*\) said what is not of the agent protocol: clientError: atNs/,
    );
  });

  it("may say as much as it likes in lines that are short enough", async () => {
    const {
      process: talker,
      wrong,
      heard,
    } = agent(`
      process.stdout.write(("y".repeat(${LONGEST_LINE - 1}) + "\\n").repeat(3) + '{"type":"ready"}\\n');
    `);
    expect(await talker.exited).toBe("exit code 0");
    expect(wrong).toEqual([]);
    expect(heard).toEqual([{ type: "ready" }]);
  });
});
