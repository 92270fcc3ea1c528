import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { until, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const SCENARIO = `name: long
target: { driver: redis-list, host: local, options: { consume: blmove, reaper: 2s } }
load: { rate: 500/s, producers: 2 }
workers: { processes: 2, handle: 2ms }
phases: { warmup: 1s, baseline: 60s }
faults:
  - { id: freeze, at: baseline+3s, pause: broker, for: 50s }
  - { id: slow, at: baseline, network: all, latency: 5ms, for: 50s }
`;

const events = (place: Workplace) => {
  const file = join(place.runDirectories()[0] ?? "", "events.ndjson");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const frozen = (place: Workplace) => /"id":"freeze".*"step":"confirmed"/.test(events(place));

describe("what is cut short by Ctrl-C", () => {
  it("a calibration exits with 130, says no figures and leaves nothing", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["calibrate"]);
    await until("it is under way", () => readdirSync(place.directory).some((name) => name.includes("calibrate")));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stdout: "" });
    expect(place.leftovers()).toEqual([]);
    expect(readdirSync(place.directory).filter((name) => name.includes("calibrate"))).toEqual([]);
  });

  it("an installation exits with 130 and leaves nothing", async () => {
    using place = new Workplace();
    const cache = join(place.directory, "cache");
    // A Maven that never ends.
    for (const name of ["mvn", "java"]) chmodSync(place.file(name, "#!/bin/sh\nexec sleep 1000\n"), 0o755);
    const env = {
      HAVOQ_CACHE: cache,
      PATH: `${place.directory}:${process.env["PATH"]}`,
      MAVEN_HOME: "",
      JAVA_HOME: "",
    };
    const { child, ended } = place.start(["install", "elasticmq"], env);
    await until("Maven works", () => place.leftovers().length > 1);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("interrupted: elasticmq was not installed");
    expect(place.leftovers()).toEqual([]);
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe("a run that is cut short", () => {
  needs("redis", "by Ctrl-C still reports what was measured, exits with 130 and leaves nothing", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
    await until("the broker is frozen", () => frozen(place));
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain("partial: the run was cut short");
    const result = place.result();
    expect(result.run.interrupted).toBe(true);
    expect(result.verdict).toBe("inconclusive");
    expect(result.delivery.acked).toBeGreaterThan(1000);
    expect(result.delivery.phantom).toBe(0);
    expect(result.faults.every(({ healedNs }) => healedNs !== null)).toBe(true);
    expect(place.leftovers()).toEqual([]);
    expect(scratch(place)).toEqual([]);
  });

  needs("redis", "is not one whose output nobody reads any more: it goes on to its end", async () => {
    using place = new Workplace();
    const file = place.file("long.yaml", SCENARIO);
    const short = ["--set", "phases.baseline=4s", "--set", "faults=[]"];
    const { child, ended } = place.start(["run", file, "--out", place.out, ...short]);
    await until("it is under way", () => existsSync(join(place.runDirectories()[0] ?? "", "events.ndjson")));
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(place.result().run.interrupted).toBe(false);
    expect(place.leftovers()).toEqual([]);
  });

  needs("redis", "by SIGKILL of havoq is cleaned up by the next command, and can be reported", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
    await until("the broker is frozen", () => frozen(place));
    child.kill("SIGKILL");
    await ended;
    expect(place.leftovers().length).toBeGreaterThan(0);
    const next = await place.run(["report", place.runDirectories()[0] ?? ""]);
    expect(next.stderr).toContain("removed what the killed run");
    expect(next.code).toBe(0);
    expect(place.leftovers()).toEqual([]);
    expect(scratch(place)).toEqual([]);
    const result = place.result();
    expect(result.run.interrupted).toBe(true);
    expect(result.delivery.acked).toBeGreaterThan(1000);
    // Nothing was inspected, so nothing is called lost.
    expect(result.delivery.lost).toBe(0);
    expect((await place.run(["doctor", "--clean"])).code).toBe(0);
  });
});

describe("a client library that throws where nobody can catch it", () => {
  needs("redis", "ends its worker, which is replaced; the report says what it threw", async () => {
    using place = new Workplace();
    const go = join(place.directory, "go");
    const thrower = place.file(
      "thrower.mjs",
      `import { rmSync } from "node:fs";
const throwOnce = () => {
  // One process alone removes it.
  try { rmSync(${JSON.stringify(go)}); } catch { return; }
  throw new TypeError("a broker that is gone has no host");
};
if (process.argv[1]?.endsWith("bin/agent.js")) setInterval(throwOnce, 50).unref();
`,
    );
    const file = place.file("short.yaml", SCENARIO.replace("faults:", "ignored:").split("ignored:")[0] ?? "");
    const short = ["--set", "phases.baseline=4s", "--set", "load.rate=100/s"];
    const env = { NODE_OPTIONS: `--import=${thrower}` };
    const { ended } = place.start(["run", file, "--out", place.out, ...short], env);
    await until("the load has begun", () => events(place).includes('"type":"resources"'));
    writeFileSync(go, "");
    const { code, stdout, stderr } = await ended;
    expect(code, `${stdout}${stderr}`).toBe(0);
    const { delivery, errors, run } = place.result();
    expect(run.interrupted).toBe(false);
    expect(errors.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(
        /^the process was ended by an error that nobody caught: .*a broker that is gone has no host/,
      ),
    );
    expect(delivery.sent).toBe(500);
    expect(delivery.ok).toBe(delivery.acked);
    expect(place.leftovers()).toEqual([]);
  });
});

describe("a run whose records don't fit their limit", () => {
  const LONG = `name: bounded
target: { driver: redis-list, host: local, options: { consume: blmove, reaper: 2s } }
load: { rate: 2000/s, producers: 2 }
# A little less than the load needs, so that a worker that dies before any producer does holds messages.
workers: { processes: 2, handle: 8ms, concurrency: 8 }
phases: { warmup: 0s, baseline: 25s }
faults:
  - { id: crash, at: baseline+4s, kill: producer, repeat: { times: 3, every: 5s } }
  - { id: lose, at: baseline+3s, kill: worker }
expect: { lost: 0, stuck: 0, phantom: 0 }
`;
  const LIMIT = 4 * 2 ** 20;
  const recordsIn = (place: Workplace) => {
    const folder = join(place.runDirectories()[0] ?? "", "records");
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes(".hvr")) : [];
    return names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  };

  needs("redis", "folds them while it lasts: every message is accounted for, and the disk stays bounded", async () => {
    using place = new Workplace();
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(most, recordsIn(place));
    }, 100);
    const args = ["run", place.file("bounded.yaml", LONG), "--out", place.out, "--records-limit", "4MiB"];
    const { code, stdout, stderr } = await place.run(args).finally(() => clearInterval(looking));
    expect(code, `${stdout}${stderr}`).toBe(0);
    const { delivery, faults } = place.result();
    expect(delivery.sent).toBe(50_000);
    expect(delivery.ok).toBe(delivery.acked);
    expect(delivery.duplicates.redelivered).toBeGreaterThan(0);
    expect(faults).toHaveLength(4);
    // 160 bytes a message: 8 MB in all, of which the last 5 s (1.6 MB) may never be folded.
    expect(most).toBeLessThan(1.25 * LIMIT);
    expect(recordsIn(place)).toBeLessThan(50_000 * 160 * 0.8);
    const drawnAgain = await place.run(["report", place.runDirectories()[0] ?? "", "--json"]);
    expect(drawnAgain.code).toBe(0);
    expect(place.result().delivery).toEqual(delivery);
  });

  needs("redis", "and is ended by SIGKILL of havoq can be reported with all that it had folded", async () => {
    using place = new Workplace();
    const args = ["run", place.file("bounded.yaml", LONG), "--out", place.out, "--records-limit", "1MiB"];
    const { child, ended } = place.start(args);
    const checkpoint = () => join(place.runDirectories()[0] ?? "", "records", "checkpoint");
    await until("some records are folded", () => existsSync(checkpoint()));
    child.kill("SIGKILL");
    await ended;
    expect((await place.run(["report", place.runDirectories()[0] ?? ""])).code).toBe(0);
    const { delivery, run } = place.result();
    expect(run.interrupted).toBe(true);
    expect(delivery.phantom).toBe(0);
    expect(delivery.sent).toBeGreaterThan(recordsIn(place) / 160);
    expect(delivery.ok).toBeGreaterThan(0);
  });
});

function scratch(place: Workplace): string[] {
  const root = readdirSync(place.directory).find((name) => /^havoq-\d+$/.test(name));
  return root === undefined ? [] : readdirSync(join(place.directory, root));
}
