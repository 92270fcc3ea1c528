import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { commandName, processesMarked } from "../../src/os/processes.js";
import { type Ended, until, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const scenario = (rest: string, target = "host: local, options: { consume: blmove, reaper: 1s }") => `name: seen
target: { driver: redis-list, ${target} }
load: { rate: 200/s }
workers: { processes: 2, handle: 1ms }
phases: { warmup: 0s, baseline: 2s, chaos: 3s, drain: 10s }
expect: { lost: 0, phantom: 0 }
${rest}`;

const events = (place: Workplace) => {
  const file = join(place.runDirectories()[0] ?? "", "events.ndjson");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

/** Waits until the load has gone on for a moment, and returns the pids of the run by the name of their program. */
async function underWay(place: Workplace): Promise<(name: string, argument?: string) => number[]> {
  await until("the load is under way", () => events(place).split('"type":"depth"').length > 3, 60_000);
  const argumentsOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8");
  return (name, argument = "") => {
    const found = processesMarked(place.directory, `TMPDIR=${place.directory}`).filter(
      (pid) => commandName(pid) === name && argumentsOf(pid).includes(argument),
    );
    // A signal to process 0 would end the tests themselves.
    if (found.length === 0) throw new Error(`no process is ${name} ${argument}`);
    return found;
  };
}

/** The claims of the last run that do not hold. */
const open = (place: Workplace) =>
  place
    .result()
    .evidence.filter(({ held }) => !held)
    .map(({ claim }) => claim);

function inconclusive({ code, stdout, stderr }: Ended): void {
  expect(stdout, stderr).toMatch(/^\s*INCONCLUSIVE/);
  expect(stdout.split("\n").find((line) => /^ {2}unproven {3}[a-z]/.test(line))).toBeDefined();
  expect(code).toBe(4);
}

describe("a run is no pass, and blames nobody else, when", () => {
  needs("redis", "somebody else kills the broker", async () => {
    using place = new Workplace();
    const { ended } = place.start(["run", place.file("s.yaml", scenario("")), "--out", place.out]);
    const pids = await underWay(place);
    for (const pid of pids("redis-server")) process.kill(pid, "SIGKILL");
    inconclusive(await ended);
    expect(open(place)).toContain("only faults broke the broker");
    expect(place.leftovers()).toEqual([]);
  });

  needs("redis", "somebody else freezes the broker for a while", async () => {
    using place = new Workplace();
    const { ended } = place.start(["run", place.file("s.yaml", scenario("")), "--out", place.out]);
    const pids = await underWay(place);
    const [broker = 0] = pids("redis-server");
    process.kill(broker, "SIGSTOP");
    await until("that was seen", () => events(place).includes('"state":"frozen"'));
    process.kill(broker, "SIGCONT");
    inconclusive(await ended);
    expect(open(place)).toContain("only faults broke the broker");
  });

  needs("redis", "somebody else kills a worker", async () => {
    using place = new Workplace();
    const { ended } = place.start(["run", place.file("s.yaml", scenario("")), "--out", place.out]);
    const pids = await underWay(place);
    const [agent = 0] = pids("node", "bin/agent.js");
    process.kill(agent, "SIGKILL");
    const { code, stdout, stderr } = await ended;
    inconclusive({ code, stdout, stderr });
    expect(stdout).toMatch(/(worker|producer)-0 ended by SIGKILL at .* neither havoq nor a fault did it/);
  });

  needs("redis", "a worker ends again and again: it is given up", async () => {
    using place = new Workplace();
    const worker = place.file(
      "crash.mjs",
      `import { createInterface } from "node:readline";
const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
createInterface({ input: process.stdin }).on("line", (line) => {
  const { type } = JSON.parse(line);
  if (type === "configure") say({ type: "ready" });
  if (type === "start") process.exit(7);
});
say({ type: "hello", protocol: 1 });
`,
    );
    const file = place.file("s.yaml", scenario("").replace("handle: 1ms", `restart: 10ms, command: [node, ${worker}]`));
    const ended = await place.run(["run", file, "--out", place.out, "--set", "workers.processes=1"]);
    inconclusive(ended);
    expect(ended.stdout).toMatch(/worker-0 was given up at .*: it ended 6 times in a row .* exit code 7/);
  });

  needs("redis", "havoq itself stood still when a fault was due", async () => {
    using place = new Workplace();
    const faults = "faults: [{ id: crash, at: chaos, kill: worker }]\n";
    const file = place.file("s.yaml", scenario(faults).replace("phantom: 0", "phantom: 0, endToEnd.p50: '<= 1h'"));
    const { child, ended } = place.start(["run", file, "--out", place.out]);
    await until("the load is under way", () => events(place).includes('"type":"depth"'), 60_000);
    child.kill("SIGSTOP");
    const asked = Date.now();
    await until("the fault is overdue", () => Date.now() - asked > 3500);
    child.kill("SIGCONT");
    inconclusive(await ended);
    expect(open(place)).toContain("every fault came on time");
  });

  needs("redis", "the proxy is killed: the run ends with exit code 3", async () => {
    using place = new Workplace();
    const faults = "faults: [{ at: chaos+2s, network: all, latency: 1ms, for: 500ms }]\n";
    const { ended } = place.start(["run", place.file("s.yaml", scenario(faults)), "--out", place.out]);
    const pids = await underWay(place);
    for (const pid of pids("node", "bin/proxy.js")) process.kill(pid, "SIGKILL");
    const { code, stderr } = await ended;
    expect(stderr).toContain("the proxy between clients and broker is gone");
    expect(code).toBe(3);
    expect(place.leftovers()).toEqual([]);
  });
});

describe("a hook", () => {
  /** A Redis of the test's own, which stands for one that others run. */
  async function external(place: Workplace, hooks: string): Promise<{ ended: Ended; stop(): void }> {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address();
        server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
      });
    });
    const redis = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
      stdio: "ignore",
    });
    const faults = "faults: [{ id: gone, at: chaos, kill: broker, for: 200ms }]\n";
    const target = `host: external, url: "redis://127.0.0.1:${port}", external: ${hooks}`;
    const text = scenario(faults, target).replace("phantom: 0", 'phantom: 0, gone.unavailable: "<= 1h"');
    const ended = await place.run(["run", place.file("s.yaml", text), "--out", place.out]);
    return { ended, stop: () => void redis.kill("SIGKILL") };
  }

  needs("redis", "that does nothing is told as what it is: it ran, and the broker still answers", async () => {
    using place = new Workplace();
    const { ended, stop } = await external(place, '{ kill: "true", start: "true" }');
    stop();
    inconclusive(ended);
    expect(ended.stdout).toContain("ran target.external.kill; the broker still answers");
    expect(ended.stdout).not.toContain("SIGKILL of the broker");
    expect(open(place)).toContain("every fault was injected");
  });

  needs("redis", "that fails is a fault that was not injected: nothing is measured of it", async () => {
    using place = new Workplace();
    const { ended, stop } = await external(place, '{ kill: "echo no rights >&2; exit 1", start: "true" }');
    stop();
    inconclusive(ended);
    expect(ended.stdout).toContain("not injected: target.external.kill failed: no rights");
    expect(ended.stdout).toContain("FAIL gone.unavailable <= 1h: gone was not injected");
  });
});

describe("havoq report", () => {
  needs("redis", "calls a record file that was cut by its name, and no message lost", async () => {
    using place = new Workplace();
    const file = place.file("s.yaml", scenario(""));
    const run = await place.run(["run", file, "--out", place.out, "--set", "phases.chaos=0s"]);
    expect(run.code, run.stdout).toBe(0);
    const [directory = ""] = place.runDirectories();
    const records = join(directory, "records");
    const worker = readdirSync(records).find((name) => name.startsWith("worker-0")) ?? "";
    truncateSync(join(records, worker), Math.floor(statSync(join(records, worker)).size / 64) * 32);
    const { code, stdout, stderr } = await place.run(["report", directory]);
    expect(stderr).toContain(worker);
    expect(stderr).toMatch(/worker-0 counted \d+ deliveries, its records show \d+/);
    expect(stdout).not.toContain("lost");
    expect(code).toBe(3);
  });
});
