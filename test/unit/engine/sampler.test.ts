import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sampler } from "../../../src/engine/sampler.js";
import type { Admin, Depth } from "../../../src/spi/driver.js";
import { EventLog } from "../../../src/store/event-log.js";
import { within } from "../../../src/time.js";
import { VirtualClock } from "../../support/virtual-clock.js";

const NONE: Depth = { ready: null, inFlight: null, deadLettered: null };
const LONG_MS = 10_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/havoq-sampler-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

it("waits for no broker that does not answer, and asks it once", async () => {
  let asked = 0;
  const depth = () => {
    asked += 1;
    return new Promise<Depth>(() => {});
  };
  const log = new EventLog(folder, () => {});
  const sampler = new Sampler(
    () => 0,
    () => [],
    { depth } as unknown as Admin,
    log,
    false,
  );
  try {
    expect(await within(LONG_MS, sampler.askDepth())).toBe(true);
    expect(await within(LONG_MS, sampler.askDepth())).toBe(true);
    expect(sampler.depth).toEqual(NONE);
    expect(asked).toBe(1);
  } finally {
    sampler.stop();
  }
});

/** A sampler on a clock of its own, and when it looked at the processes and asked for the queue lengths, in milliseconds. */
function sampling() {
  const clock = new VirtualClock();
  const at = { resources: [] as number[], depth: [] as number[] };
  const log = {
    append: ({ type, atNs }: { type: "resources" | "depth"; atNs: number }) => at[type].push(atNs / 1e6),
  } as unknown as EventLog;
  const admin = { depth: async () => ({ ready: 0, inFlight: 0, deadLettered: null }) } as unknown as Admin;
  const sampler = new Sampler(clock.nowNs, () => [], admin, log, false, clock);
  return { clock, at, sampler };
}

it("looks at processes once a second and at queues twice, from the first moment to the last", async () => {
  const { clock, at, sampler } = sampling();
  await clock.pass(2200);
  sampler.stop();
  await clock.pass(5000);
  expect(at.resources).toEqual([0, 1000, 2000, 2200]);
  expect(at.depth).toEqual([500, 1000, 1500, 2000]);
});

it("makes nothing up after havoq stood still for 5 s, and goes on at the same moments", async () => {
  const { clock, at, sampler } = sampling();
  await clock.pass(1200);
  await clock.standStill(5000);
  await clock.pass(1000);
  sampler.stop();
  expect(at.depth).toEqual([500, 1000, 6200, 6500, 7000]);
  expect(at.resources).toEqual([0, 1000, 6200, 7000, 7200]);
});
