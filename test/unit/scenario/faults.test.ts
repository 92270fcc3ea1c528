import { describe, expect, it } from "vitest";
import { problemsOf, resolved, withFaults } from "./helpers.js";

const faultOf = (fault: string, more = "") => resolved(`${withFaults(fault)}${more}`).faults[0];

describe("faults", () => {
  it.each([
    ["at: chaos, kill: broker", { kind: "broker", action: "kill", for: 0 }],
    ["at: chaos, stop: broker, for: 3s", { kind: "broker", action: "stop", for: 3000 }],
    ["at: chaos, restart: broker", { kind: "broker", action: "restart", for: 0 }],
    ["at: chaos, pause: broker, for: 3s", { kind: "broker", action: "pause", for: 3000 }],
    ["at: chaos, kill: broker, disk: lost", { kind: "broker", action: "kill", disk: "lost" }],
    ["at: chaos, limit: { cpu: 0.2 }, for: 3s", { action: "limit", limits: { cpu: 0.2, memory: null }, for: 3000 }],
    ["at: chaos, limit: { memory: 64MiB }, for: 3s", { limits: { cpu: null, memory: 67_108_864 } }],
    ["at: chaos, disconnect: broker, for: 3s", { kind: "broker", action: "disconnect", disk: "kept" }],
    ["at: chaos, kill: worker", { kind: "worker", action: "kill", which: "random", scope: "process" }],
    ["at: chaos, kill: worker, which: all, scope: tree", { kind: "worker", which: "all", scope: "tree" }],
    ["at: chaos, kill: producer, which: 0", { kind: "producer", action: "kill", which: 0 }],
    ["at: chaos, hang: producer, for: 1s", { kind: "producer", action: "hang", for: 1000 }],
    ["at: chaos, hang: worker, for: 1s", { kind: "worker", action: "hang" }],
    ["at: chaos, slow: worker, by: 50ms, for: 1s", { kind: "worker", action: "slow", by: 50 }],
    ["at: chaos, block: worker, for: 1s", { kind: "worker", action: "block" }],
    ["at: chaos, hold: transaction, for: 1s", { kind: "hold", what: "transaction", for: 1000 }],
  ])("resolves { %s }", (fault, expected) => {
    expect(faultOf(fault)).toMatchObject(expected);
  });

  it("resolves every network effect", () => {
    expect(faultOf("at: chaos, network: workers, direction: up, reset: true")).toEqual({
      id: "network1",
      at: { from: "phase", phase: "chaos", offset: 0 },
      for: 0,
      repeat: { times: 1, every: 0 },
      kind: "network",
      side: "workers",
      direction: "up",
      latency: 0,
      jitter: 0,
      bandwidth: null,
      partition: false,
      reset: true,
      cut: null,
      slowClose: null,
    });
    const all = "at: chaos, network: all, latency: 80ms, jitter: 20ms, bandwidth: 1MiB/s, partition: true";
    expect(faultOf(`${all}, cut: before-answer, slowClose: 1s, for: 2s`)).toMatchObject({
      latency: 80,
      jitter: 20,
      bandwidth: 1_048_576,
      partition: true,
      cut: "before-answer",
      slowClose: 1000,
    });
    expect(faultOf("at: chaos, network: all, cut: { afterBytes: 1KiB }")).toMatchObject({ cut: { afterBytes: 1024 } });
  });

  it("names faults without an id by verb and number, avoiding ids that are written", () => {
    const text = withFaults("at: chaos, kill: worker", "id: kill2, at: chaos, kill: broker", "at: chaos, kill: worker");
    expect(resolved(text).faults.map(({ id }) => id)).toEqual(["kill1", "kill2", "kill3"]);
  });

  it("reads moments after phases and after other faults", () => {
    const text = withFaults(
      "id: a, at: chaos + 2s, kill: worker",
      "id: b, at: a.start+500ms, kill: worker",
      "id: c, at: b.end, kill: worker",
    );
    expect(resolved(text).faults.map(({ at }) => at)).toEqual([
      { from: "phase", phase: "chaos", offset: 2000 },
      { from: "fault", fault: "a", edge: "start", offset: 500 },
      { from: "fault", fault: "b", edge: "end", offset: 0 },
    ]);
  });
});

describe("mistakes in one fault", () => {
  it.each([
    ["at: chaos", "a.yaml:6:5: faults.0: missing; expected what to do\n  hint: one of the keys kill, stop"],
    ["kill: worker", 'faults.0.at: missing; expected a moment such as "chaos+2s"'],
    ["at: chaos, kill: worker, pause: broker", "a.yaml:6:32: faults.0.pause: can't be in one fault with kill"],
    [
      "at: chaos, kill: brokr",
      'faults.0.kill: expected "broker" or "worker" or "producer", got "brokr"\n  hint: did you mean "broker"?',
    ],
    ["at: chaos, pause: worker, for: 1s", 'faults.0.pause: expected "broker", got "worker"'],
    ["at: chaos, limit: {}, for: 1s", "faults.0.limit: missing; expected a limit of cpu or memory"],
    ["at: chaos, limit: { cpu: 0.2 }", "faults.0.for: missing; expected a duration"],
    ["at: chaos, limit: { cpu: none }, for: 1s", "faults.0.limit.cpu: expected a number of cores of at least 0.01"],
    ["at: chaos, pause: broker, for: 1s, disk: lost", "faults.0.disk: means nothing for pause: broker"],
    ["at: chaos, pause: broker", "faults.0.for: missing; expected a duration"],
    ["at: chaos, hang: worker", "hang lasts until the heal"],
    ["at: chaos, block: worker", "block lasts until the heal"],
    ["at: chaos, slow: worker", "faults.0.by: missing; expected a duration"],
    ["at: chaos, slow: worker", "faults.0.for: missing; expected a duration"],
    ["at: chaos, network: all", "faults.0: missing; expected an effect on the network"],
    ["at: chaos, network: all, partition: false", "faults.0: missing; expected an effect on the network"],
    ["at: chaos, network: all, latency: 5ms", "latency lasts until the heal"],
    ["at: chaos, network: all, bandwidth: 1KiB/s", "bandwidth lasts until the heal"],
    ["at: chaos, network: all, partition: true", "partition lasts until the heal"],
    ["at: chaos, network: all, slowClose: 1s", "slowClose lasts until the heal"],
    ["at: chaos, network: all, reset: true, jitter: 5ms", "faults.0.latency: missing"],
    ["at: chaos, network: all, cut: before", 'faults.0.cut: expected "before-answer" or a map, got "before"'],
    ["at: chaos, network: all, cut: { afterBytes: 10 }", "faults.0.cut.afterBytes: expected a size"],
    ["at: chaos, restart: broker, for: 1s", "faults.0.for: means nothing for restart: broker"],
    ["at: chaos, kill: worker, for: 1s", "hint: a killed worker is started again after `workers.restart`"],
    ["at: chaos, kill: broker, which: all", "faults.0.which: means nothing for kill: broker"],
    ["at: chaos, kill: producer, scope: tree", "faults.0.scope: means nothing for kill: producer"],
    ["at: chaos, kill: worker, latency: 1s", "faults.0.latency: means nothing for kill: worker"],
    ["at: chaos, kill: worker, which: one", 'faults.0.which: expected "random", "all" or the index'],
    ["at: chaos, kill: worker, which: 1", "hint: indexes go from 0, and workers.processes is 1"],
    ["at: chaos, kill: worker, repeat: { times: 3 }", "faults.0.repeat.every: missing"],
    [
      "at: chaos, pause: broker, for: 3s, repeat: { times: 3, every: 3s }",
      "faults.0.repeat.every: the fault would be injected again",
    ],
    ["at: chaos, kill: worker, id: 1st", 'faults.0.id: expected an id such as "crash", got "1st"'],
    ["at: chaos, kill: worker, whcih: all", 'faults.0.whcih: unknown key\n  hint: did you mean "which"?'],
    ["at: chaos, kill: worker, id: chaos", 'faults.0.id: "chaos" is the name of a phase'],
    ["at: chos, kill: worker", 'hint: did you mean "chaos"?'],
    ["at: drain, kill: worker", "hint: faults need load, and the drain follows the load"],
    ["at: chaos+2, kill: worker", 'faults.0.at: after the "+": expected a duration'],
    ["at: chaos.start, kill: worker", 'hint: write "chaos" for the start of the phase'],
    ["at: crash+2s, kill: worker", 'for a fault write "crash.start" or "crash.end"'],
  ])("refuses { %s }", (fault, expected) => {
    expect(problemsOf(withFaults(fault))).toContain(expected);
  });

  it("tells what is wrong with the values and with the keys of one fault together", () => {
    const text = problemsOf(withFaults("at: never, slow: worker, for: 5"));
    expect(text).toContain("faults.0.at: expected a moment");
    expect(text).toContain("faults.0.for: expected a duration");
    expect(text).toContain("faults.0.by: missing");
  });
});

describe("mistakes between faults", () => {
  it("refuses an id that is used twice", () => {
    const text = withFaults("id: a, at: chaos, kill: worker", "id: a, at: chaos, kill: broker");
    expect(problemsOf(text)).toContain('a.yaml:7:11: faults.1.id: "a" is the id of another fault too');
  });

  it("refuses a moment after a fault that there isn't", () => {
    const text = withFaults("id: crash, at: chaos, kill: worker", "at: crahs.end, kill: broker");
    expect(problemsOf(text)).toContain(
      'a.yaml:7:11: faults.1.at: there is no fault with the id "crahs"\n  hint: did you mean "crash"?',
    );
  });

  it("refuses faults that wait for each other, once for each circle", () => {
    const text = withFaults(
      "id: a, at: b.end, kill: worker",
      "id: b, at: c.start, kill: worker",
      "id: c, at: a.end, kill: worker",
      "id: d, at: a.end, kill: worker",
      "id: e, at: e.end, kill: worker",
    );
    expect(problemsOf(text)).toBe(
      "a.yaml:6:18: faults.0.at: can never begin: a waits for b waits for c waits for a\n" +
        "a.yaml:10:18: faults.4.at: can never begin: e waits for e",
    );
  });

  // Load: warmup 2s, baseline 5s, chaos 20s.
  it.each([
    ["at: chaos+20s, kill: worker", "the fault would begin after 27s, but the load is over after 27s"],
    ["at: warmup+1min, kill: worker", "the fault would begin after 1min"],
    ["at: recovery, kill: worker", "the phase recovery has no length\n  hint: write its length as phases.recovery"],
    ["at: chaos, kill: worker, repeat: { times: 5, every: 5s }", "injection 5 of 5 would begin after 27s"],
  ])("refuses { %s }, which begins without load", (fault, expected) => {
    expect(problemsOf(withFaults(fault))).toContain(expected);
  });

  it("follows references to find faults that begin without load", () => {
    const first = "id: a, at: chaos+10s, pause: broker, for: 2s, repeat: { times: 2, every: 5s }";
    expect(problemsOf(withFaults(first, "at: a.end+2999ms, kill: worker"))).toBe("");
    expect(problemsOf(withFaults(first, "at: a.end+3s, kill: worker"))).toContain("would begin after 27s");
    expect(problemsOf(withFaults(first, "at: a.start+9999ms, kill: worker"))).toBe("");
  });
});
