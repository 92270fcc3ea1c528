import { describe, expect, it, vi } from "vitest";
import { type DrainRequest, drain } from "../../../src/engine/drain.js";
import type { SeenSlot } from "../../../src/engine/handlers.js";
import type { Depth } from "../../../src/spi/driver.js";
import type { WaitingClock } from "../../../src/time.js";
import { ms } from "../../../src/units.js";

const EMPTY = "the system is empty and the workers are idle";

/** Time that passes in `sleep` alone; each step plays the script of a test. */
class ScriptedClock implements WaitingClock {
  private nowMs = 0;
  constructor(private readonly play: (nowMs: number) => void) {}
  now = () => this.nowMs;
  sleep = async (forMs: number) => {
    this.nowMs += forMs;
    this.play(this.nowMs);
  };
}

type Slot = { -readonly [Key in keyof SeenSlot]: SeenSlot[Key] };

const worker = (stats: SeenSlot["stats"], exit: string | null = null): Slot => ({
  role: "worker",
  incarnation: 0,
  stats,
  loadDone: true,
  process: { exit },
});

/** One drain over scripted workers and queue lengths; answers why it ended and when. */
async function play(
  request: Partial<DrainRequest>,
  slot: Slot,
  depthAt: (nowMs: number) => Depth,
  script: (nowMs: number) => void = () => {},
): Promise<{ readonly reason: string; readonly atMs: number }> {
  const sampler = { depth: depthAt(0), askDepth: async () => {} };
  const clock = new ScriptedClock((nowMs) => {
    script(nowMs);
    sampler.depth = depthAt(nowMs);
  });
  const common = { drain: "auto" as const, loadMs: 1000, horizonMs: 0, handlingMs: 0 };
  const { signal } = new AbortController();
  const reason = await drain({ ...common, agents: { slots: [slot] }, sampler, signal, clock, ...request });
  return { reason, atMs: clock.now() };
}

const depth = (ready: number | null, inFlight: number | null): Depth => ({ ready, inFlight, deadLettered: null });

/** One handler at a time, each of `handleMs`. */
function handling(slot: Slot, messages: number, handleMs: number) {
  return (nowMs: number) => {
    const completed = Math.min(messages, Math.floor(nowMs / handleMs));
    slot.stats = { started: Math.min(messages, completed + 1), completed, failed: 0 };
  };
}

describe("handlers that run while the system drains", () => {
  it("are movement for as long as one may take: three messages of 5 s, one at a time", async () => {
    const slot = worker({ started: 1, completed: 0, failed: 0 });
    const left = (nowMs: number) => Math.max(0, 2 - Math.floor(nowMs / 5000));
    const request = { drain: ms(60_000), handlingMs: 5000 };
    const { reason, atMs } = await play(request, slot, (now) => depth(left(now), null), handling(slot, 3, 5000));
    expect(reason).toBe(EMPTY);
    expect(atMs).toBeGreaterThanOrEqual(15_000);
    expect(slot.stats.completed).toBe(3);
  });

  it("are movement beyond the redelivery horizon: one of 80 s where it is 31 s", async () => {
    const slot = worker({ started: 1, completed: 0, failed: 0 });
    const request = { horizonMs: 31_000, handlingMs: 80_000 };
    const { reason } = await play(request, slot, () => depth(1, 1), handling(slot, 1, 80_000));
    expect(slot.stats.completed).toBe(1);
    expect(reason).toMatch(/^nothing moved for 34 s/);
  });

  it("give the automatic limit time for a few of them, one after the other", async () => {
    const slot = worker({ started: 1, completed: 0, failed: 0 });
    const left = (nowMs: number) => Math.max(0, 3 - Math.floor(nowMs / 60_000));
    const { reason } = await play(
      { handlingMs: 60_000 },
      slot,
      (now) => depth(left(now), null),
      handling(slot, 3, 60_000),
    );
    expect(reason).toBe(EMPTY);
  });

  it("count as running no longer than their longest time and the horizon", async () => {
    const slot = worker({ started: 7, completed: 6, failed: 0 });
    const { reason, atMs } = await play({ horizonMs: 2000, handlingMs: 10_000 }, slot, () => depth(0, 1));
    expect(reason).toBe("nothing moved for 5 s after the longest handling time of 10 s (redelivery horizon 2 s)");
    expect(atMs).toBe(15_000);
  });

  it("end with their process: what a crashed worker had begun is waited for until the horizon only", async () => {
    const crashed = worker({ started: 7, completed: 5, failed: 1 }, "ended by SIGKILL");
    const { reason, atMs } = await play({ horizonMs: 2000, handlingMs: 60_000 }, crashed, () => depth(0, 1));
    expect(reason).toMatch(/^nothing moved for 5 s \(/);
    expect(atMs).toBe(5000);
  });

  it("end with a failure too: a message that is tried again is movement at each attempt", async () => {
    const slot = worker({ started: 1, completed: 0, failed: 0 });
    const script = (nowMs: number) => {
      const failed = Math.min(4, Math.floor(nowMs / 4000));
      slot.stats = { started: Math.min(4, failed + 1), completed: 0, failed };
    };
    const { reason, atMs } = await play({ handlingMs: 4000 }, slot, (now) => depth(0, now < 16_000 ? 1 : 0), script);
    expect(reason).toBe(EMPTY);
    expect(atMs).toBeLessThan(20_000);
  });

  it("may run in a worker that tells no counters, as long as the broker does not say that it holds nothing", async () => {
    const silent = worker({});
    const told = await play({ handlingMs: 20_000 }, silent, (now) => depth(0, now < 19_000 ? 1 : 0));
    expect(told.reason).toBe(EMPTY);
    expect(told.atMs).toBeGreaterThanOrEqual(19_000);
    const untold = await play({ handlingMs: 20_000 }, silent, () => depth(0, null));
    expect(untold.reason).toMatch(/^nothing moved for 3 s after the longest handling time of 20 s/);
  });
});

describe("the wall clock", () => {
  it.each([
    ["an hour ahead", 3_600_000],
    ["an hour back", -3_600_000],
  ])(
    "that jumps %s neither ends a drain nor keeps it",
    async (_, jumpMs) => {
      const slot = worker({ started: 1, completed: 0, failed: 0 });
      const jump = setTimeout(() => {
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + jumpMs });
      }, 300);
      const end = setTimeout(() => {
        slot.stats = { started: 1, completed: 1, failed: 0 };
      }, 600);
      const begunMs = performance.now();
      const sampler = { depth: depth(0, 0), askDepth: async () => {} };
      const request = { drain: ms(8000), loadMs: 0, horizonMs: 0, handlingMs: 600, agents: { slots: [slot] }, sampler };
      try {
        const { signal } = new AbortController();
        expect(await drain({ ...request, signal })).toBe(EMPTY);
        expect(performance.now() - begunMs).toBeGreaterThanOrEqual(2000);
      } finally {
        vi.useRealTimers();
        for (const each of [jump, end]) clearTimeout(each);
      }
    },
    20_000,
  );
});
