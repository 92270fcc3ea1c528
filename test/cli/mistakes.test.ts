import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Ended, HAVOQ, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const golden = (name: string) => new URL(`../golden/scenario/${name}`, import.meta.url).pathname;

const REDIS = `name: on-redis
target: { driver: redis-list, host: local }
load: { rate: 500/s, payload: 4KiB }
phases: { warmup: 0s, baseline: 20s }
`;

describe("a bad scenario", () => {
  it("is refused with all its mistakes at once, exit code 2, and nothing started", async () => {
    using place = new Workplace();
    const ended = await place.run(["run", golden("ten-mistakes.yaml"), "--out", place.out]);
    expect(ended.code).toBe(2);
    expect(ended.stderr.match(/ten-mistakes\.yaml:\d+:\d+: /g)).toHaveLength(10);
    expect(existsSync(place.out)).toBe(false);
  });

  it("is refused when it asks of a driver what it can't do", async () => {
    using place = new Workplace();
    const file = place.file(
      "a.yaml",
      "name: a\ntarget: { driver: memory }\nload: { rate: 1/s, producers: 2 }\nphases: { baseline: 9s }\nfaults:\n  - { at: baseline, kill: broker }\n  - { at: baseline, kill: worker }\n",
    );
    const ended = await place.run(["validate", file]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/a\.yaml:6:5: faults\.0: driver memory has no broker process to kill/);
    expect(ended.stderr).toMatch(/a\.yaml:7:5: faults\.1: .* there is none to kill/);
    expect(ended.stderr).toMatch(/load\.producers: .* 1 producer, got 2/);
  });

  it("is refused when it asks of a host what it can't do", async () => {
    using place = new Workplace();
    const load = "load: { rate: 1/s }\nphases: { baseline: 9s }\n";
    const faults = (...lines: string[]) =>
      `faults:\n${lines.map((line) => `  - { at: baseline, ${line} }\n`).join("")}`;
    const local = place.file(
      "local.yaml",
      `name: a\ntarget: { driver: redis-list, host: local }\n${load}${faults("limit: { cpu: 1 }, for: 1s")}`,
    );
    const url = "redis://127.0.0.1:1";
    const external = place.file(
      "external.yaml",
      `name: b\ntarget: { driver: redis-list, host: external, url: "${url}", external: { kill: "true" } }\n${load}${faults(
        "kill: broker",
        "disconnect: broker, for: 1s",
        "stop: broker, disk: lost",
      )}`,
    );
    const nodes = place.file(
      "nodes.yaml",
      `name: c\ntarget: { driver: kafka, host: container, broker: { nodes: 3 } }\n${load}`,
    );
    const { code, stderr } = await place.run(["validate", local, external, nodes]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /local\.yaml:6:5: faults\.0: only a broker in a container can suffer a limit\n {2}hint: write host: c/,
    );
    expect(stderr).toMatch(
      /external\.yaml:6:5: faults\.0: .*by itself: target\.external lacks start\n {2}hint: .*start: "\.\.\."/,
    );
    expect(stderr).toMatch(/external\.yaml:7:5: faults\.1: havoq can't disconnect an external broker/);
    expect(stderr).toMatch(/external\.yaml:8:5: faults\.2: havoq can't lose the disk of an external broker/);
    expect(stderr).toMatch(/nodes\.yaml:2:\d+: target\.host: with these settings the broker has 3 nodes/);
  });

  it("is refused for wrong driver options, an unknown driver and a missing file", async () => {
    using place = new Workplace();
    const options = place.file(
      "o.yaml",
      "name: o\ntarget: { driver: redis-list, options: { consume: brpopp } }\nload: { rate: 1/s }\n",
    );
    const driver = place.file("d.yaml", "name: d\ntarget: { driver: redis-lst }\nload: { rate: 1/s }\n");
    const ended = await place.run(["validate", options, driver, "gone.yaml"]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/o\.yaml:2:\d+: target\.options\.consume: /);
    expect(ended.stderr).toContain('did you mean "redis-list"?');
    expect(ended.stderr).toMatch(/gone\.yaml.*no such file/);
  });

  it("is not reached when the command line is wrong", async () => {
    using place = new Workplace();
    expect((await place.run(["run"])).code).toBe(2);
    expect((await place.run(["run", "a.yaml", "--runs", "many"])).code).toBe(2);
    expect((await place.run(["--help"])).code).toBe(0);
  });
});

const MEMORY =
  "name: in memory\ntarget: { driver: memory }\nload: { rate: 100/s }\nphases: { warmup: 0s, baseline: 1s, drain: 0s }\n";

/** Runs a line of a shell in which `havoq` is the command line. */
function shell(place: Workplace, line: string): Ended {
  const script = `havoq() { ${process.execPath} ${HAVOQ} "$@"; }; ${line}`;
  const env = { ...process.env, TMPDIR: place.directory };
  const { status, stdout, stderr } = spawnSync("/bin/bash", ["-c", script], {
    cwd: place.directory,
    env,
    timeout: 60_000,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

describe("a scenario that is no file", () => {
  it("is read from a pipe, once, by whatever name it has", () => {
    using place = new Workplace();
    place.file("a.yaml", MEMORY);
    const fine = "in memory is fine\n";
    expect(shell(place, "havoq validate - < a.yaml")).toMatchObject({ code: 0, stdout: `<stdin>: ${fine}` });
    expect(shell(place, "cat a.yaml | havoq validate /dev/stdin")).toMatchObject({
      code: 0,
      stdout: `<stdin>: ${fine}`,
    });
    expect(shell(place, "havoq validate <(cat a.yaml)")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(fine),
    });
    const named = shell(place, "mkfifo pipe; { sleep 0.1; cat a.yaml; } > pipe & havoq validate pipe");
    expect(named).toMatchObject({ code: 0, stdout: `pipe: ${fine}` });
    const run = shell(place, "cat a.yaml | havoq run --json --out runs -");
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('"name":"in memory"') });
    const gate = shell(place, "cat a.yaml | havoq gate --max-minutes 0.01 --out runs -");
    expect(gate).toMatchObject({ code: 2, stderr: expect.stringContaining("--max-minutes: 0.01 minutes end before") });
  });

  it("is refused, with all others, for what it is in place of one", async () => {
    using place = new Workplace();
    execFileSync("mkfifo", [join(place.directory, "pipe")]);
    const load = (load: string) => `name: a\ntarget: { driver: memory }\nload: { ${load} }\n`;
    place.file("trace.yaml", load("rate: { kind: trace, file: pipe }"));
    place.file("payload.yaml", load("rate: 1/s, payload: { file: /dev/zero }"));
    writeFileSync(join(place.directory, "utf16.yaml"), Buffer.from(`\ufeff${MEMORY}`, "utf16le"));
    const files = ["/dev/zero", "pipe", ".", "utf16.yaml", "trace.yaml", "payload.yaml"];
    const { code, stderr } = await place.run(["validate", ...files]);
    expect(code).toBe(2);
    expect(stderr.split("\n").filter((line) => !line.startsWith("  hint"))).toEqual([
      "/dev/zero:1:1: is longer than 128KiB",
      "pipe:1:1: is a pipe that nobody has written to",
      ".:1:1: is a folder",
      "utf16.yaml:1:1: is UTF-16; expected UTF-8",
      'trace.yaml:3:36: load.rate.file: "pipe": is a pipe or a device',
      'payload.yaml:3:37: load.payload.file: "/dev/zero": is a pipe or a device',
      "",
    ]);
  });
});

describe("output that can't be written", () => {
  it("is said in one sentence, exit code 3, where the disk is full", () => {
    using place = new Workplace();
    expect(shell(place, "havoq drivers > /dev/full")).toEqual({
      code: 3,
      stdout: "",
      stderr: "havoq: standard output can't be written: ENOSPC: no space left on device, write\n",
    });
  });

  it("is no mistake where nobody reads on", () => {
    using place = new Workplace();
    expect(shell(place, "set -o pipefail; havoq drivers | head -1")).toEqual({
      code: 0,
      stdout: "memory\n",
      stderr: "",
    });
  });
});

describe("a name that there is not", () => {
  it("is said, with the nearest that there is, exit code 2", async () => {
    using place = new Workplace();
    expect(await place.run(["install", "kafak"])).toMatchObject({
      code: 2,
      stderr: 'havoq install: nothing to install is called "kafak"\n  hint: did you mean "kafka"?\n',
    });
    expect(await place.run(["drivers", "memory", "redis-lst"])).toMatchObject({
      code: 2,
      stderr: 'havoq drivers: unknown driver "redis-lst"\n  hint: did you mean "redis-list"?\n',
      stdout: "",
    });
  });
});

describe("an environment that can't", () => {
  it("has no such host: exit code 3 and how to go on", async () => {
    using place = new Workplace();
    const file = place.file("a.yaml", REDIS);
    const bare = await place.run(["run", file, "--out", place.out], { PATH: "/nowhere" });
    expect(bare.code).toBe(3);
    expect(bare.stderr).toMatch(/redis can't run here[\s\S]*hint: .*redis-server/);
    const inContainer = ["run", file, "--out", place.out, "--set", "target.host=container"];
    const container = await place.run(inContainer, { DOCKER_HOST: "unix:///nowhere/docker.sock" });
    expect(container.code).toBe(3);
    expect(container.stderr).toBe(
      "havoq: redis can't run here: container: no Docker engine (/nowhere/docker.sock is not there)\n" +
        "  hint: apt-get install docker.io, and start dockerd; or use host: local or host: auto\n",
    );
  });

  it("has a broker that does not start: exit code 3, its command and its last words", async () => {
    using place = new Workplace();
    const home = fakeRedis(place, "echo 'FATAL: no such luck' >&2; exit 7");
    const ended = await place.run(["run", place.file("a.yaml", REDIS), "--out", place.out], { HAVOQ_REDIS_HOME: home });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("exit code 7");
    expect(ended.stderr).toContain("FATAL: no such luck");
    expect(place.leftovers()).toEqual([]);
  });

  it("has an output folder that can't be written: exit code 3", async () => {
    using place = new Workplace();
    const file = place.file("plain-file", "");
    const ended = await place.run(["run", place.file("a.yaml", REDIS), "--out", join(file, "below")]);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/can't be written[\s\S]*hint: .*--out/);
    const proc = await place.run(["run", place.file("b.yaml", MEMORY), "--out", "/proc/havoq/runs"]);
    expect(proc).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("/proc/havoq/runs can't be written: ENOENT"),
    });
  });

  needs("redis", "has the broker's port taken: exit code 3 and the port", async () => {
    using place = new Workplace();
    // A Redis that finds somebody else on its port: a second one is there first.
    const real = execFileSync("which", ["redis-server"]).toString().trim();
    const home = fakeRedis(
      place,
      `port=$(echo "$@" | sed 's/.*--port \\([0-9]*\\).*/\\1/')
${real} --port "$port" --bind 127.0.0.1 --save '' --logfile /dev/null &
until ${real.replace("redis-server", "redis-cli")} -p "$port" ping >/dev/null 2>&1; do :; done
exec ${real} "$@"`,
    );
    const ended = await place.run(["run", place.file("a.yaml", REDIS), "--out", place.out], { HAVOQ_REDIS_HOME: home });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/port \d+/);
    expect(place.leftovers()).toEqual([]);
  });

  needs("redis", "has a disk that fills up while recording: exit code 3, and nothing left", async () => {
    using place = new Workplace();
    mkdirSync(place.out);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", place.out]);
    try {
      const ended = await place.run(["run", place.file("a.yaml", REDIS), "--out", place.out]);
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(/no space left/i);
      expect(place.leftovers()).toEqual([]);
    } finally {
      execFileSync("umount", [place.out]);
    }
  });
});

function fakeRedis(place: Workplace, script: string): string {
  const home = join(place.directory, "fake");
  mkdirSync(home);
  const file = join(home, "redis-server");
  place.file("fake/redis-server", `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return home;
}

describe("the golden file of mistakes", () => {
  it("is what the command line prints", async () => {
    using place = new Workplace();
    const { stderr } = await place.run(["validate", golden("ten-mistakes.yaml")]);
    const expected = readFileSync(golden("ten-mistakes.txt"), "utf8").trimEnd();
    const names = (text: string) => text.replaceAll(/\S*ten-mistakes\.yaml/g, "ten-mistakes.yaml").trimEnd();
    expect(names(stderr)).toBe(names(expected));
  });
});
