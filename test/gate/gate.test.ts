import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type GateResult, gateSchema } from "../../src/gate/schema.js";
import { until, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const MEMORY = `name: gate-memory
target: { driver: memory }
load: { rate: 500/s, payload: 256B }
expect: { phantom: 0, corrupt: 0 }
`;
const REDIS = `name: gate-redis
target: { driver: redis-list, host: local, options: { consume: blmove, reaper: 2s } }
load: { rate: 200/s, payload: 256B }
expect: { lost: 0, phantom: 0 }
`;
/** The shortest gate that can fail: one metric, 6 pairs. */
const SHORT = ["--slice", "500ms", "--ramp", "0s", "--looks", "6"];
const P50 = ["--metric", "endToEnd.p50"];

function gateIn(place: Workplace): { directory: string; gate: GateResult } {
  const [name = ""] = readdirSync(place.out);
  const directory = join(place.out, name);
  return { directory, gate: gateSchema.parse(JSON.parse(readFileSync(join(directory, "gate.json"), "utf8"))) };
}

/** Orders of the pairs, by who came first. */
const firsts = ({ slices }: GateResult) => slices.filter(({ position }) => position % 2 === 1).map(({ side }) => side);

describe.concurrent("a gate of the same on both sides", () => {
  it("is no regression on the memory driver, and leaves its reports", async () => {
    using place = new Workplace();
    const summary = join(place.directory, "summary.md");
    const args = [
      "gate",
      place.file("memory.yaml", MEMORY),
      ...SHORT,
      ...P50,
      "--out",
      place.out,
      "--junit",
      "ci/junit.xml",
    ];
    const { code, stdout, stderr } = await place.run(args, { GITHUB_STEP_SUMMARY: summary });
    expect([0, 4], `${stdout}${stderr}`).toContain(code);
    const { directory, gate } = gateIn(place);
    expect(gate.verdict).not.toBe("regression");
    expect(gate).toMatchObject({ pairs: 6, looksTaken: 1, differences: [], deliveryFindings: [] });
    expect(gate.slices).toHaveLength(12);
    expect(firsts(gate).filter((side) => side === "baseline")).toHaveLength(3);
    for (const { delivery, values } of gate.slices) {
      expect(delivery).toMatchObject({ sent: 250, acked: 250, lost: 0, phantom: 0 });
      expect(values["endToEnd.p50"]).toBeGreaterThan(0);
    }
    expect(readFileSync(summary, "utf8")).toContain(gate.verdict);
    expect(readFileSync(join(directory, "gate.html"), "utf8")).toContain(`<title>gate-memory: ${gate.verdict}`);
    expect(readFileSync(join(place.directory, "ci/junit.xml"), "utf8")).toContain("<testsuites>");
    expect(existsSync(join(directory, gate.slices[0]?.directory ?? "", "report.html"))).toBe(true);
    rmSync(join(directory, "gate.html"));
    const again = await place.run(["report", directory]);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain(gate.verdict.toUpperCase());
    expect(existsSync(join(directory, "gate.html"))).toBe(true);
    expect(existsSync(join(directory, gate.slices[0]?.directory ?? "", "records"))).toBe(false);
  });

  needs("redis", "is no regression on Redis: both servers stay up, each slice has queues of its own", async () => {
    using place = new Workplace();
    const args = ["gate", place.file("redis.yaml", REDIS), ...SHORT, ...P50, "--out", place.out, "--json"];
    const { code, stdout, stderr } = await place.run(args);
    expect([0, 4], `${stdout}${stderr}`).toContain(code);
    const gate = gateSchema.parse(JSON.parse(stdout));
    expect(gate.verdict).not.toBe("regression");
    expect(gate.pairs).toBe(6);
    for (const { delivery } of gate.slices)
      expect(delivery).toMatchObject({ sent: 100, lost: 0, phantom: 0, stuck: 0 });
    const { directory } = gateIn(place);
    for (const side of ["baseline", "candidate"]) {
      const log = readFileSync(join(directory, `${side}-broker.log`), "utf8");
      expect(log.match(/Ready to accept connections/g)).toHaveLength(1);
    }
    expect(place.leftovers()).toEqual([]);
  });
});

describe.concurrent("a gate with a candidate that is worse", () => {
  it("fails on a slower worker, with the reason and an annotation", async () => {
    using place = new Workplace();
    const args = ["gate", place.file("memory.yaml", MEMORY), ...SHORT, "--out", place.out];
    // 50 ms for a message and 8 at a time are 160 a second of 500: a queue grows on one side.
    const slow = ["--metric", "goodput", "--set", "workers.concurrency=64", "--candidate-set", "workers.concurrency=8"];
    const handling = ["--set", "workers.handle=50ms"];
    const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: place.directory };
    const { code, stdout, stderr } = await place.run([...args, ...slow, ...handling], env);
    const { gate } = gateIn(place);
    expect(gate.differences).toEqual([{ path: "workers.concurrency", baseline: "64", candidate: "8" }]);
    // A machine that is too busy for the generator gives the other answer that is right.
    if (gate.verdict === "inconclusive") {
      expect(code).toBe(4);
      expect(gate.reasons[0]).toMatch(/^havoq was the bottleneck in \d of 6 slices/);
      expect(stdout).toContain("::warning file=memory.yaml,line=1,");
      return;
    }
    expect(code, `${stdout}${stderr}`).toBe(1);
    expect(stdout).toMatch(/REGRESSION {2}gate-memory: 6 pairs\n {2}goodput -\d+ % \[/);
    expect(stdout).toMatch(/::error file=memory.yaml,line=1,title=[^\n]+::goodput -\d+ %/);
  });

  needs("redis", "fails on lost messages at once, whatever its latency", async () => {
    using place = new Workplace();
    const scenario = `name: gate-loss
target: { driver: redis-list, host: local, broker: { appendonly: true, appendfsync: always } }
load: { rate: 300/s, payload: 256B }
workers: { concurrency: 2, handle: 10ms }
phases: { warmup: 0s, baseline: 1s, chaos: 1s, recovery: 0s }
faults: [{ id: kill, at: chaos, kill: broker }]
`;
    const lossy = ["--candidate-set", "target.broker.appendonly=false"];
    const args = ["gate", place.file("loss.yaml", scenario), "--out", place.out, ...lossy];
    const { code, stdout, stderr } = await place.run(args);
    expect(code, `${stdout}${stderr}`).toBe(1);
    const { gate } = gateIn(place);
    expect(gate.pairs).toBe(1);
    expect(gate.delivery.candidate.lost).toBeGreaterThan(0);
    expect(gate.delivery.baseline?.lost).toBe(0);
    expect(gate.reasons[0]).toMatch(/^the candidate has \d+ lost of/);
    expect(place.leftovers()).toEqual([]);
  });
});

describe.concurrent("a gate whose candidate gives no confirms", () => {
  needs("rabbitmq", "fails on delivery when its broker is killed, whatever its latency", async () => {
    using place = new Workplace();
    const scenario = `name: gate-confirms
target: { driver: rabbitmq, host: local }
load: { rate: 500/s, payload: 1KiB }
workers: { concurrency: 4 }
phases: { warmup: 0s, baseline: 1s, chaos: 4s, recovery: 1s }
faults: [{ id: kill, at: chaos, kill: broker, for: 1s }]
`;
    const args = ["gate", place.file("confirms.yaml", scenario), "--out", place.out];
    const { code, stdout, stderr } = await place.run([...args, "--candidate-set", "target.options.confirms=false"]);
    expect(code, `${stdout}${stderr}`).toBe(1);
    const { gate } = gateIn(place);
    expect(gate.delivery.candidate.lost).toBeGreaterThan(0);
    expect(gate.delivery.baseline?.lost).toBe(0);
    expect(gate.reasons[0]).toMatch(/^the candidate has \d+ lost of/);
    expect(place.leftovers()).toEqual([]);
  });
});

describe.concurrent("a gate whose generator is the bottleneck", () => {
  it("is inconclusive, with the reason", async () => {
    using place = new Workplace();
    const file = place.file("memory.yaml", MEMORY);
    const fast = ["--set", "load.rate=1000000/s", "--set", "load.payload=32B", "--slice", "100ms"];
    const { code, stdout } = await place.run(["gate", file, ...SHORT, ...P50, ...fast, "--out", place.out]);
    expect(code, stdout).toBe(4);
    const { gate } = gateIn(place);
    expect(gate.verdict).toBe("inconclusive");
    expect(gate.reasons[0]).toMatch(
      /^havoq was the bottleneck in \d of 6 slices of the candidate: messages left havoq/,
    );
  });
});

describe.concurrent("a gate that is interrupted", () => {
  needs("redis", "says what the whole pairs say, exits with 130 and leaves nothing", async () => {
    using place = new Workplace();
    const { child, ended } = place.start([
      "gate",
      place.file("redis.yaml", REDIS),
      "--slice",
      "1s",
      "--ramp",
      "0s",
      "--out",
      place.out,
    ]);
    let said = "";
    child.stderr?.on("data", (data: Buffer) => {
      said += data;
    });
    await until("one pair is complete", () => said.includes("goodput"));
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain("INCONCLUSIVE  gate-redis: 1 pair (partial: the gate was interrupted)");
    expect(gateIn(place).gate.interrupted).toBe(true);
    expect(place.leftovers()).toEqual([]);
  });
});

describe.concurrent("a gate that can't be", () => {
  it("is refused with everything that is wrong with it", async () => {
    using place = new Workplace();
    const file = place.file("memory.yaml", MEMORY);
    const args = ["gate", file, "--looks", "5", "--candidate-set", "load.rate=5/s", "--max-minutes", "1"];
    const more = ["--threshold", "endToEnd: p(99)<200", "--threshold", "latency: avg<1s"];
    const { code, stderr } = await place.run([...args, ...more, "--out", place.out]);
    expect(code).toBe(2);
    expect(stderr).toContain("this gate could never fail; 8 pairs are the least");
    expect(stderr).toContain("--candidate: load.rate is 5, and 500 in the baseline");
    expect(stderr).toContain("--threshold endToEnd: p(99)<200: expected a duration");
    expect(stderr).toContain('--threshold latency: avg<1s: unknown metric "latency"');
    expect(stderr).toContain("--max-minutes: 1 minutes end before the first look");
    expect(existsSync(place.out)).toBe(false);
  });
});
