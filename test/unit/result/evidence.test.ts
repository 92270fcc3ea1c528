import { describe, expect, it } from "vitest";
import { renderSummary } from "../../../reports/terminal/summary.js";
import type { FaultEvent, RunEvent } from "../../../src/record/events.js";
import { FileCounts } from "../../../src/record/file-counts.js";
import { miscounts } from "../../../src/result/counters.js";
import { caveat, gatherEvidence, missing, type Observed } from "../../../src/result/evidence.js";
import { faultTimes } from "../../../src/result/faults.js";
import type { Evidence } from "../../../src/result-schema.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import { withMissing } from "../../support/evidence.js";
import { sampleResult } from "../../support/sample-result.js";

const SCENARIO = `name: t
target: { driver: redis-list }
load: { rate: 100/s }
phases: { baseline: 10s, chaos: 10s }
faults: [{ id: crash, at: chaos+2s, kill: worker }]
`;

const S = 1e9;
const PHASES = [
  { name: "baseline", startNs: 0, endNs: 10 * S },
  { name: "chaos", startNs: 10 * S, endNs: 20 * S },
] as const;

const step = (name: FaultEvent["step"], seconds: number, more: Partial<FaultEvent> = {}): FaultEvent => ({
  ...{ type: "fault", id: "crash", occurrence: 1, family: "worker", step: name, atNs: seconds * S, text: "" },
  ...more,
});
const CRASH = [
  step("requested", 12, { plannedNs: 12 * S }),
  step("confirmed", 12, { text: "SIGKILL of worker-0" }),
  step("healRequested", 12, { plannedNs: 12 * S }),
  step("healed", 12.3),
];
const END: RunEvent[] = [
  { type: "counted", name: "producer-0", incarnation: 0, acked: 1000, started: null },
  { type: "drained", atNs: 21 * S, reason: "", residue: { inspected: true, anonymous: 0 }, error: null },
  { type: "end", atNs: 21 * S, interrupted: false, notes: [], unsent: null },
];

/** The evidence of a run of `SCENARIO` with these events. */
function evidenceOf(events: readonly RunEvent[], over: Partial<Observed> = {}): Evidence[] {
  const parsed = parseScenario(SCENARIO, "t.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { target, environment, delivery, health } = sampleResult();
  return gatherEvidence({
    begin: {
      ...{ type: "begin", runId: "r", seed: 1, startedAt: "", scenario: parsed.scenario, target, environment },
      ...{ phases: PHASES, proxyOverheadNs: null },
    },
    events,
    faults: faultTimes(events.filter((event) => event.type === "fault")),
    delivery,
    handled: 990,
    health,
    ...over,
  });
}

const open = (evidence: Evidence[]) => missing({ evidence }).map(({ claim, carries, why }) => [claim, carries, why]);
const otherEnd = (type: RunEvent["type"], event: RunEvent) => END.map((each) => (each.type === type ? event : each));

describe("the evidence of a run", () => {
  it("is whole when every fault came on time and was healed, and nothing else happened", () => {
    const evidence = evidenceOf([...CRASH, ...END]);
    expect(open(evidence)).toEqual([]);
    expect(evidence).toHaveLength(11);
  });

  it("lacks a fault that was not injected, not healed, in doubt, or that never came", () => {
    const claims = (events: readonly RunEvent[]) => open(evidenceOf([...events, ...END]));
    expect(claims([step("requested", 12), step("failed", 12, { text: "no worker runs that could be hit" })])).toEqual([
      ["every fault was injected", "everything", "crash#1 not injected: no worker runs that could be hit"],
    ]);
    expect(claims([...CRASH.slice(0, 3), step("failed", 13, { text: "it did not start" })])).toEqual([
      ["every fault was healed", "everything", "crash#1 not healed: it did not start"],
    ]);
    const doubtful = CRASH.map((each) =>
      each.step === "confirmed" ? { ...each, doubt: "the broker still answers" } : each,
    );
    expect(claims(doubtful)).toEqual([["every fault was injected", "everything", "crash#1: the broker still answers"]]);
    expect(claims([])).toEqual([["every fault was injected", "everything", "1 of 1 never came"]]);
  });

  it("lacks a fault that came late: its times, or everything when it met another phase", () => {
    const late = (seconds: number) =>
      open(evidenceOf([step("requested", seconds, { plannedNs: 12 * S }), ...CRASH.slice(1), ...END]));
    expect(late(12.4)).toEqual([]);
    expect(late(16.8)).toEqual([
      ["every fault came on time", "timings", "crash#1 came 4.80 s late: havoq or the machine stood still"],
    ]);
    expect(late(20.5)[0]?.slice(0, 2)).toEqual(["every fault came on time", "everything"]);
    expect(late(20.5)[0]?.[2]).toContain("(planned: chaos, real: after the load)");
  });

  it("lacks a heal that came late", () => {
    const healed = CRASH.map((each) => (each.step === "healRequested" ? { ...each, atNs: 14 * S } : each));
    expect(open(evidenceOf([...healed, ...END]))[0]?.[2]).toContain("the heal of crash#1 came 2.00 s late");
  });

  it("names what somebody else did to the broker, and nothing when the broker is not havoq's", () => {
    const exited: RunEvent = { type: "broker", state: "exited", atNs: 3 * S, text: "redis ended; its last words:\nx" };
    expect(open(evidenceOf([exited, ...CRASH, ...END]))).toEqual([
      ["only faults broke the broker", "everything", "at 3.00 s redis ended"],
    ]);
  });

  it("names a process that a foreign signal ended and one that was given up; a crash of its own is counted only", () => {
    const agent = (over: Partial<Extract<RunEvent, { type: "agent" }>>): RunEvent => ({
      ...{ type: "agent", name: "worker-0", incarnation: 0, state: "exited", atNs: 5 * S, detail: "exit code 1" },
      ...over,
    });
    const started = agent({ state: "started", detail: "pid 7" });
    const outside = agent({ by: "outside", detail: "ended by SIGKILL" });
    const givenUp = agent({ state: "givenUp", detail: "it ended 6 times" });
    expect(open(evidenceOf([started, outside, ...CRASH, ...END]))[0]?.[2]).toBe(
      "worker-0 ended by SIGKILL at 5.00 s, and neither havoq nor a fault did it (out of memory?)",
    );
    expect(open(evidenceOf([started, givenUp, ...CRASH, ...END]))[0]?.[2]).toBe(
      "worker-0 was given up at 5.00 s: it ended 6 times",
    );
    const own = evidenceOf([started, agent({ by: "itself" }), ...CRASH, ...END]);
    expect(open(own)).toEqual([]);
    expect(own.map(({ why }) => why)).toContain("1 processes; 1 ended by themselves and were replaced");
  });

  it("lacks the fates of messages that were not inspected, or that can't be told", () => {
    const unread = { type: "drained", atNs: 1, reason: "", residue: { inspected: false, anonymous: 0 } } as const;
    const failed = otherEnd("drained", { ...unread, error: "no answer within 60 s" });
    expect(open(evidenceOf([...CRASH, ...failed]))[0]?.[2]).toContain("could not be inspected: no answer within 60 s");
    const { delivery } = sampleResult();
    const unseen = evidenceOf([...CRASH, ...END], { delivery: { ...delivery, unseen: 491 } });
    expect(open(unseen)[0]?.[2]).toBe("what became of 491 acked messages can't be told");
  });

  it("lacks everything where nothing was acked, the load was cut, or the run did not end", () => {
    const { delivery } = sampleResult();
    const nothing = evidenceOf([...CRASH, ...END], { delivery: { ...delivery, acked: 0 } });
    expect(open(nothing)[0]?.[2]).toContain("nothing was measured");
    expect(open(evidenceOf([...CRASH, ...END], { handled: 0 }))[0]?.[2]).toContain("no handler came to its end");
    const end = {
      type: "end",
      atNs: 21 * S,
      interrupted: false,
      notes: [],
      unsent: "the producers were stopped",
    } as const;
    expect(open(evidenceOf([...CRASH, ...otherEnd("end", end)]))[0]?.[0]).toBe("the whole load was sent");
    expect(open(evidenceOf([...CRASH, ...END.slice(0, 2)]))[0]?.[0]).toBe("the run came to its end");
  });
});

describe("a verdict", () => {
  it("says on its own line when havoq was the bottleneck of a run that passes", () => {
    const sample = { ...sampleResult(), verdict: "pass" as const, expectations: [] };
    const limited = withMissing(sample, "havoq kept up", "messages left havoq 80 ms late");
    expect(caveat(limited)).toBe(" (havoq was the bottleneck)");
    const [first, , third] = renderSummary(limited).split("\n");
    expect(first).toMatch(/^PASS \(havoq was the bottleneck\) {2}sample/);
    expect(third).toBe("  unproven   havoq was the bottleneck: messages left havoq 80 ms late");
  });
});

describe("an agent's own counters", () => {
  const files = new FileCounts();
  files.restore([["worker-0.1", { acked: 0, started: 343 }]]);
  const counted = (started: number | null, acked: number | null = null): RunEvent[] => [
    { type: "counted", name: "worker-0", incarnation: 1, acked, started },
  ];

  it("agree with its records, or name the file that was cut", () => {
    expect(miscounts(counted(343), { files })).toEqual([]);
    expect(miscounts(counted(null), { files })).toEqual([]);
    expect(miscounts(counted(1000), { files })).toEqual([
      { file: "worker-0.1.hvr", text: "worker-0 counted 1000 deliveries, its records show 343" },
    ]);
  });

  it("of a process that is producer and worker in one are in two files", () => {
    expect(miscounts(counted(343, 12), { files })[0]?.file).toBe("producer-0.1.hvr");
  });
});
