import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Workplace } from "../support/cli.js";
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
