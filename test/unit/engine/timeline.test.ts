import { afterEach, describe, expect, it, vi } from "vitest";
import { runTimeline, type TimelineHost } from "../../../src/engine/timeline.js";
import { planPhases } from "../../../src/load/phases.js";
import type { FaultEvent } from "../../../src/record/events.js";
import { VirtualClock } from "../../support/virtual-clock.js";
import { resolved, withFaults } from "../scenario/helpers.js";

afterEach(() => vi.restoreAllMocks());

const BASELINE_MS = 1000;
const STALL = "id: stall, at: chaos+1s, pause: broker, for: 2s";
const heals: TimelineHost["inject"] = async () => ({ description: "", heal: async () => {} });

/** A timeline under way on a clock of its own, and what it has written down: "stall confirmed 2000". */
function play(faults: readonly string[], { inject = heals, baseline = "1s" } = {}) {
  const phases = `phases={ warmup: 0s, baseline: ${baseline}, chaos: 20s, recovery: 0s }`;
  const scenario = resolved(withFaults(...faults), [phases]);
  const clock = new VirtualClock();
  const events: FaultEvent[] = [];
  const abort = new AbortController();
  const done = runTimeline(scenario.faults, {
    phases: planPhases(scenario),
    signal: abort.signal,
    now: clock.nowNs,
    sleep: clock.sleep,
    inject,
    log: (event) => events.push(event),
  });
  const steps = () => events.map(({ id, step, atNs }) => `${id} ${step} ${atNs / 1e6}`);
  return { clock, events, abort, done, steps };
}

const WHOLE = ["stall requested 2000", "stall confirmed 2000", "stall healRequested 4000", "stall healed 4000"];

describe("the faults of a run", () => {
  it("come and go at their moments", async () => {
    const { clock, done, steps } = play([STALL]);
    await clock.pass(30_000);
    await done;
    expect(steps()).toEqual(WHOLE);
  });

  it("wait for one another's edges, whatever the first one took", async () => {
    const slowly: TimelineHost["inject"] = async ({ id }) => {
      if (id === "stall") await clock.sleep(300);
      return { description: "", heal: null };
    };
    const { clock, done, steps } = play([STALL, "id: next, at: stall.end+500ms, kill: worker"], { inject: slowly });
    await clock.pass(30_000);
    await done;
    expect(steps()).toEqual([
      "stall requested 2000",
      "stall confirmed 2300",
      "next requested 2800",
      "next confirmed 2800",
    ]);
  });

  it("are late by as long as havoq stood still, and the plan says when they were due", async () => {
    const { clock, done, events } = play([STALL]);
    await clock.pass(1500);
    await clock.standStill(5000);
    await clock.pass(30_000);
    await done;
    expect(events[0]).toMatchObject({ step: "requested", plannedNs: 2000e6, atNs: 6500e6 });
    // It lasts as long as it should, from when it was there.
    expect(events[2]).toMatchObject({ step: "healRequested", plannedNs: 8500e6, atNs: 8500e6 });
  });

  it("come after a baseline of 30 days, and not at once", async () => {
    const MONTH_MS = 30 * 86_400_000;
    const { clock, done, steps } = play([STALL], { baseline: "720h" });
    await clock.pass(MONTH_MS);
    expect(steps()).toEqual([]);
    await clock.pass(30_000);
    await done;
    expect(steps()[0]).toBe(`stall requested ${MONTH_MS + BASELINE_MS}`);
  });

  it("do not care for a wall clock that jumps an hour", async () => {
    const { clock, done, steps } = play([STALL]);
    const wall = Date.now();
    for (const hour of [3_600_000, -3_600_000]) {
      await clock.pass(500);
      vi.spyOn(Date, "now").mockReturnValue(wall + hour);
    }
    await clock.pass(30_000);
    await done;
    expect(steps()).toEqual(WHOLE);
  });

  it("are healed at once when the run is interrupted, and none comes after", async () => {
    const { clock, abort, done, steps } = play([`${STALL}, repeat: { times: 3, every: 3s }`]);
    await clock.pass(2500);
    abort.abort();
    await done;
    expect(steps()).toEqual([...WHOLE.slice(0, 2), "stall healRequested 2500", "stall healed 2500"]);
  });

  it("that fail are written down, and the others go on", async () => {
    const fails: TimelineHost["inject"] = async ({ id }) => {
      if (id === "stall") throw new Error("nothing to pause");
      return { description: "", heal: null };
    };
    const { clock, done, events } = play([STALL, "id: crash, at: chaos+2s, kill: worker"], { inject: fails });
    await clock.pass(30_000);
    await done;
    expect(events.map(({ id, step, text }) => [id, step, text])).toEqual([
      ["stall", "requested", ""],
      ["stall", "failed", "nothing to pause"],
      ["crash", "requested", ""],
      ["crash", "confirmed", ""],
    ]);
  });
});
