import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sampler } from "../../../src/engine/sampler.js";
import type { Admin, Depth } from "../../../src/spi/driver.js";
import { EventLog } from "../../../src/store/event-log.js";
import { within } from "../../../src/time.js";

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
