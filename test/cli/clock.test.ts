import { renameSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { until, Workplace } from "../support/cli.js";
import { faketimeLibrary, needs } from "../support/systems.js";

/** Eight messages of 0.9 s each, offered within one: most of the run is the drain. */
const SCENARIO = `name: leap
target: { driver: memory }
load: { rate: 8/s, payload: 64B }
workers: { concurrency: 1, handle: 900ms }
phases: { warmup: 0s, baseline: 1s, drain: 60s }
expect: { ok: 8 }
`;

needs("faketime", "a wall clock that jumps an hour ahead leaves a run as it is", async () => {
  using place = new Workplace();
  const clock = place.file("clock", "+0\n");
  // All at once: a process must not read half a line.
  const jump = (by: string) => {
    writeFileSync(`${clock}.new`, `${by}\n`);
    renameSync(`${clock}.new`, clock);
  };
  const env = {
    LD_PRELOAD: faketimeLibrary() ?? "",
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  const { ended, child } = place.start(["run", place.file("leap.yaml", SCENARIO), "--out", place.out], env);
  let said = "";
  child.stderr?.on("data", (text: Buffer) => (said += text));
  await until("the drain", () => said.includes("s drain  "));
  jump("+1h");
  const { code, stdout, stderr } = await ended;
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(place.result().delivery).toMatchObject({ acked: 8, ok: 8 });
});
