import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as shortly } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { durationText } from "../../drivers/shared/duration.js";
import type { ConfigureMessage } from "../../src/agent/protocol.js";
import { AgentPool } from "../../src/engine/agent-pool.js";
import { AgentProcess } from "../../src/engine/agent-process.js";
import { runTimeline, type TimelineHost } from "../../src/engine/timeline.js";
import { DelayLine } from "../../src/faults/proxy/delay-line.js";
import { untilReady } from "../../src/hosts/ready.js";
import type { FaultEvent } from "../../src/record/events.js";
import { parseScenario } from "../../src/scenario/parse.js";
import { answered, LONGEST_TIMER_MS, sleep, within } from "../../src/time.js";
import { eventually } from "../support/eventually.js";

/** A month: longer than the longest timer of Node, which fires at once instead. */
const MONTH_MS = 30 * 24 * 3600 * 1000;
/** What would have fired at once has fired by then. */
const SOON_MS = 150;

const over = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), shortly(SOON_MS).then(() => false)]);

describe("a wait that is longer than the longest timer", () => {
  it("waits, until it is given up", async () => {
    const end = new AbortController();
    const waiting = sleep(MONTH_MS, end.signal);
    expect(await over(waiting)).toBe(false);
    end.abort();
    expect(await over(waiting)).toBe(true);
    expect(await within(MONTH_MS, shortly(20))).toBe(true);
    expect(await within(1, new Promise(() => {}))).toBe(false);
  });

  it("answers as the one who was asked, and says when he did not", async () => {
    await expect(
      answered(
        shortly(1).then(() => 5),
        MONTH_MS,
      ),
    ).resolves.toBe(5);
    await expect(answered(Promise.reject(new Error("refused")), MONTH_MS)).rejects.toThrow("refused");
    await expect(answered(new Promise(() => {}), 20)).rejects.toThrow("no answer within 0.02 s");
  });

  it("goes through as many timers as it takes", async () => {
    const timers: number[] = [];
    vi.resetModules();
    vi.doMock("node:timers/promises", () => ({ setTimeout: async (forMs: number) => timers.push(forMs) }));
    try {
      await (await import("../../src/time.js")).sleep(MONTH_MS);
      expect(timers).toEqual([LONGEST_TIMER_MS, MONTH_MS - LONGEST_TIMER_MS]);
    } finally {
      vi.doUnmock("node:timers/promises");
    }
  });

  it("keeps a fault of the timeline back until its time has come", async () => {
    const text = `name: long
target: { driver: redis-list }
load: { rate: 1/s }
phases: { baseline: 720h, chaos: 1s }
faults: [{ at: chaos, kill: broker, for: 1s }]
`;
    const parsed = parseScenario(text, "long.yaml");
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const end = new AbortController();
    const events: FaultEvent[] = [];
    const host: Pick<TimelineHost, "phases" | "signal" | "now" | "log"> = {
      phases: [{ name: "chaos", startNs: MONTH_MS * 1e6, endNs: MONTH_MS * 1e6 + 1e9 }],
      signal: end.signal,
      now: () => 0,
      log: (event) => events.push(event),
    };
    const played = runTimeline(parsed.scenario.faults, host as TimelineHost);
    await shortly(SOON_MS);
    expect(events).toEqual([]);
    end.abort();
    await played;
  });

  it("keeps what a slow network holds", () => {
    const warned: string[] = [];
    const note = (warning: Error) => warned.push(warning.name);
    process.on("warning", note);
    const line = new DelayLine(() => {});
    line.add({ kind: "data", chunk: Buffer.from("x") }, MONTH_MS);
    line.clear();
    return shortly(20).then(() => {
      process.off("warning", note);
      expect(warned).toEqual([]);
    });
  });
});

describe("an agent", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "havoq-time-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Says that it is ready; on `start` and on `stop` does what the test wants. */
  const program = (onStart: string, onStop: string) => [
    process.execPath,
    "-e",
    `console.log('{"type":"hello","protocol":1}');
     require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
       const { type } = JSON.parse(line);
       if (type === "configure") console.log('{"type":"ready"}');
       if (type === "slow") console.log('{"type":"obeyed","fault":"slow"}');
       if (type === "start") { ${onStart} }
       if (type === "stop") { ${onStop} }
     });`,
  ];
  const configure = { type: "configure" } as ConfigureMessage;

  it("whose handlers may take a month is not given up at once", async () => {
    const agent = new AgentProcess({
      name: "worker-0",
      command: program("process.exit(0)", ""),
      cwd: directory,
      env: {},
      logFile: join(directory, "worker-0.log"),
      onSpawn: () => {},
      onEvent: () => {},
      onMessage: () => {},
      onWrongWords: () => {},
      now: () => 0,
    });
    await agent.connect(configure);
    let ended: boolean | null = null;
    const stopped = agent.stop(MONTH_MS).then((inTime) => {
      ended = inTime;
    });
    // Each answer takes longer than a timer that overflows.
    for (let answers = 0; answers < 20; answers++) await agent.obey({ type: "slow", byMs: 0 });
    expect(ended).toBeNull();
    agent.send({ type: "start", epochNs: "0" });
    await stopped;
    expect(ended).toBe(true);
  });

  it("that is replaced after a month is not replaced at once, nor waited for at the end", async () => {
    const states: string[] = [];
    const pool = new AgentPool({
      runId: "run",
      recordsDirectory: directory,
      logsDirectory: directory,
      scratchDirectory: directory,
      env: {},
      restartMs: MONTH_MS,
      workerCommand: { command: program("process.exit(1)", ""), env: {} },
      register: () => {},
      configure: () => configure,
      onMessage: () => {},
      onLifecycle: (slot, { state }) => states.push(`${state} ${slot.incarnation}`),
      onWrongWords: () => {},
      now: () => 0,
      onFatal: () => {},
    });
    await pool.launch("worker", 1, new AbortController().signal);
    pool.start(process.hrtime.bigint());
    await eventually(
      () => states,
      (seen) => seen.includes("exited 0"),
    );
    await shortly(SOON_MS);
    expect(states).toEqual(["started 0", "exited 0"]);
    expect(await within(10_000, pool.stop("worker", 0))).toBe(true);
  });
});

describe("a duration that no timer can keep", () => {
  it("is refused in a scenario where havoq could not count it", () => {
    const said = (phases: string) => {
      const text = `name: long\ntarget: { driver: memory }\nload: { rate: 1/s }\nphases: ${phases}\n`;
      const parsed = parseScenario(text, "long.yaml");
      return parsed.ok ? [] : parsed.problems.map(({ line, message }) => `${line}: ${message}`);
    };
    expect(said("{ baseline: 2401h }")).toEqual(['4: expected a duration of at most 2400h, got "2401h"']);
    expect(said("{ warmup: 0s, baseline: 2400h, chaos: 1s }")).toEqual(["4: together they are longer than 2400h"]);
    expect(said("{ warmup: 0s, baseline: 1200h, chaos: 1200h }")).toEqual([]);
  });

  it("is refused as an option of a driver, whose client would make a timer of it", () => {
    const read = durationText({ min: 100 }).safeParse("600h");
    expect(read.error?.issues[0]?.message).toBe(
      'expected at most 20 days (a timer of a client that is longer than 24 days fires at once), got "600h"',
    );
    expect(durationText().safeParse("480h").success).toBe(true);
    expect(durationText({ max: Number.POSITIVE_INFINITY }).safeParse("600h").success).toBe(true);
  });
});

describe("the wall clock", () => {
  it("that jumps ahead does not end the patience with a broker that starts", async () => {
    let asked = 0;
    const probe = async () => {
      asked += 1;
      if (asked === 2) vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
      if (asked < 6) throw new Error("not yet");
      return "7.0";
    };
    try {
      expect(await untilReady({ probe, failed: () => null, exited: new Promise(() => {}) })).toBe("7.0");
    } finally {
      vi.useRealTimers();
    }
  });
});
