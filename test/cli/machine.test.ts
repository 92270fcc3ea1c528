import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, until, Workplace } from "../support/cli.js";
import { describeWith, needs } from "../support/systems.js";

const MEMORY = `name: steady
target: { driver: memory }
load: { rate: 200/s }
workers: { handle: 1ms }
phases: { warmup: 0s, baseline: 60s }
`;
const REDIS = `name: steady
target: { driver: redis-list, host: local, options: { consume: blmove, reaper: 2s } }
load: { rate: 200/s }
workers: { processes: 1, handle: 1ms }
phases: { warmup: 0s, baseline: 60s }
`;

const runOf = (place: Workplace) => place.runDirectories()[0] ?? "";
const eventsOf = (place: Workplace) => {
  const file = join(runOf(place), "events.ndjson");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const working = (place: Workplace) => until("it is under way", () => eventsOf(place).split('"resources"').length > 2);
const scratch = (place: Workplace) => {
  const root = readdirSync(place.directory).find((name) => /^havoq-\d+$/.test(name));
  return root === undefined ? [] : readdirSync(join(place.directory, root));
};

/** One sentence and a hint, no stack, nothing left. */
function expectPlainEnd(place: Workplace, { code, stderr }: Ended, said: RegExp): void {
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/defect of havoq|^\s+at /m);
  expect(code).toBe(3);
  expect(place.leftovers()).toEqual([]);
  expect(scratch(place)).toEqual([]);
}

await describeWith("root", "a disk that is full", () => {
  const disk = mkdtempSync(join(tmpdir(), "havoq-disk-"));
  beforeAll(() => void execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=711", "none", disk]));
  afterAll(() => {
    execFileSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true });
  });

  needs("redis", "ends the run with a sentence that names the folder, and leaves nothing", async () => {
    using place = new Workplace();
    const { ended } = place.start(["run", place.file("r.yaml", REDIS), "--out", join(disk, "runs")]);
    const folder = join(disk, "runs");
    await until(
      "it is under way",
      () => existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, "events.ndjson"))),
    );
    spawnSync("sh", ["-c", `cat /dev/zero > ${join(disk, "filler")}`]);
    expectPlainEnd(
      place,
      await ended,
      new RegExp(`^havoq: (no space left to record in|the run folder) ${folder}.*\\n  hint: .*--out`, "m"),
    );
  });
});

describe("a run whose folder can't be written any more", () => {
  it.each([
    ["while it lasts", () => false],
    ["while it drains", (place: Workplace) => place],
  ])("%s: ends with a sentence that names it", async (_when, late) => {
    using place = new Workplace();
    const short = late(place) ? ["--set", "phases.baseline=2s", "--set", "workers.handle=5s"] : [];
    const { ended } = place.start(["run", place.file("m.yaml", MEMORY), "--out", place.out, ...short]);
    await working(place);
    if (short.length > 0) await until("it drains", () => /"type":"depth","atNs":[3-9]\d{9},/.test(eventsOf(place)));
    rmSync(join(runOf(place), "events.ndjson"));
    symlinkSync("/dev/full", join(runOf(place), "events.ndjson"));
    expectPlainEnd(place, await ended, /^havoq: the run folder .*steady.* can't be written: ENOSPC/m);
  });

  needs("redis", "because somebody removed it: ends with a sentence that names it, and leaves no broker", async () => {
    using place = new Workplace();
    const { ended } = place.start(["run", place.file("r.yaml", REDIS), "--out", place.out]);
    await working(place);
    rmSync(runOf(place), { recursive: true });
    expectPlainEnd(place, await ended, /^havoq: the run folder .*steady.* can't be written: ENOENT/m);
  });
});

/** A program in the place of havoq's worker, that says `onStart` when its work begins. */
const workerThat = (
  onStart: string,
  onConfigure = 'say({ type: "ready" });',
) => `import { createInterface } from "node:readline";
const say = (message) => console.log(JSON.stringify(message));
say({ type: "hello", protocol: 1 });
const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0));
lines.on("line", (line) => {
  const { type } = JSON.parse(line);
  if (type === "configure") { ${onConfigure} }
  if (type === "start") { ${onStart} }
  if (type === "stop") { say({ type: "bye" }); process.exit(0); }
});
`;

describe("a worker of the user's own", () => {
  needs(
    "redis",
    "that tells the time of day ends the run with an error that names it, the line and the mistake",
    async () => {
      using place = new Workplace();
      const script = workerThat('say({ type: "clientError", atNs: Date.now() * 1e6, text: "gone" });');
      const command = `workers.command=["node", "${place.file("worker.mjs", script)}"]`;
      const ended = await place.run(["run", place.file("r.yaml", REDIS), "--out", place.out, "--set", command]);
      expectPlainEnd(
        place,
        ended,
        /^havoq: worker-0 \(node .*worker\.mjs\) said .* clientError: atNs is \d+, .*\n {2}hint: .*time of day in ns/m,
      );
    },
  );
});

describe("a fault that an agent does to itself", () => {
  const slow = ["--set", "faults=[{ at: baseline, slow: worker, by: 5ms, for: 200ms }]"];
  const command = (place: Workplace, script: string) =>
    `workers.command=["node", "${place.file("worker.mjs", script)}"]`;

  needs("redis", "is refused before anything starts where the worker does not obey it", async () => {
    using place = new Workplace();
    const set = ["--set", command(place, workerThat(""))];
    const ended = await place.run(["run", place.file("r.yaml", REDIS), "--out", place.out, ...slow, ...set]);
    expectPlainEnd(
      place,
      ended,
      /^havoq: the worker \(node .*worker\.mjs\) does not obey slow1 \(slow\)\n {2}hint: .*agent-protocol\.md/m,
    );
    expect(ended.stderr).not.toContain("starting agents");
  });

  needs("redis", "is not injected where the worker ends in place of an answer", async () => {
    using place = new Workplace();
    const script = workerThat("").replace("protocol: 1", 'protocol: 1, obeys: ["slow"]');
    const dies = script.replace(
      'if (type === "stop")',
      'if (type === "slow") process.exit(7);\n  if (type === "stop")',
    );
    const set = ["--set", command(place, dies), "--set", "phases={ warmup: 0s, baseline: 1s, drain: 1s }"];
    const args = ["run", place.file("r.yaml", REDIS), "--out", place.out, ...slow, ...set];
    const { code, stdout } = await place.run(args);
    expect(code, stdout).toBe(4);
    const [fault] = place.result().faults;
    expect(fault).toMatchObject({
      confirmedNs: null,
      error: expect.stringMatching(/worker-\d ended before it obeyed slow/),
    });
  });
});

describe("havoq report", () => {
  it("says of a run that lasts that it does, and of one whose records are gone which is missing", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("m.yaml", MEMORY), "--out", place.out]);
    await working(place);
    const early = await place.run(["report", runOf(place)]);
    expect(early.code).toBe(3);
    expect(early.stderr).toMatch(/^havoq: the run in .*steady.* goes on \(havoq's pid is \d+\)/m);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect((await place.run(["report", runOf(place)])).code).not.toBe(3);
    rmSync(join(runOf(place), "records"), { recursive: true });
    const late = await place.run(["report", runOf(place)]);
    expect(late.stderr).toMatch(/^havoq: records are missing: .*producer-0\.0\.hvr is not there/m);
    expect(late.code).toBe(3);
  });
});

describe("Ctrl-C before the load", () => {
  /** Interrupts a run when `begun`, and answers how it ended; at once is within seconds, not after a deadline of 30 or 90. */
  async function interrupted(place: Workplace, args: readonly string[], begun: () => boolean, env = {}): Promise<void> {
    const { child, ended } = place.start(["run", ...args, "--out", place.out], env);
    await until("it has begun", begun);
    const at = performance.now();
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(stderr).toContain("interrupted before the load began");
    expect(code).toBe(130);
    expect(performance.now() - at).toBeLessThan(20_000);
    expect(place.leftovers()).toEqual([]);
    expect(scratch(place)).toEqual([]);
  }

  needs("redis", "while a broker starts that never gets ready", async () => {
    using place = new Workplace();
    const bin = join(place.directory, "bin");
    const begun = join(place.directory, "begun");
    mkdirSync(bin);
    writeFileSync(join(bin, "redis-server"), `#!/bin/sh\ntouch ${begun}\nsleep 1000\n`);
    chmodSync(bin, 0o755);
    chmodSync(join(bin, "redis-server"), 0o755);
    chmodSync(place.directory, 0o777);
    const env = { PATH: `${bin}:${process.env["PATH"]}` };
    await interrupted(place, [place.file("r.yaml", REDIS)], () => existsSync(begun), env);
  });

  needs("redis", "while agents connect that never get ready", async () => {
    using place = new Workplace();
    const begun = join(place.directory, "begun");
    const script = `import { writeFileSync } from "node:fs";\n${workerThat("", `writeFileSync(${JSON.stringify(begun)}, "");`)}`;
    const command = `workers.command=["node", "${place.file("worker.mjs", script)}"]`;
    await interrupted(place, [place.file("r.yaml", REDIS), "--set", command], () => existsSync(begun));
  });
});
