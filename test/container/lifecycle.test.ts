import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { until, Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";
import { docker, madeBy } from "./docker.js";

const SCENARIO = `name: contained
target: { driver: redis-streams, host: container, options: { claim: xautoclaim, claimIdle: 1s }, broker: { appendonly: yes, appendfsync: always, save: "" } }
load: { rate: 100/s }
workers: { processes: 1, handle: 1ms }
phases: { warmup: 0s, baseline: 2s, chaos: 30s }
`;

const of = (place: Workplace) => ["--filter", `name=${runOf(place)}`];
/** The run's id, from the label of its container. */
function runOf(place: Workplace): string {
  return /"runId":"([^"]+)"/.exec(events(place))?.[1] ?? "none";
}
function events(place: Workplace): string {
  try {
    return readFileSync(join(place.runDirectories()[0] ?? "", "events.ndjson"), "utf8");
  } catch {
    return "";
  }
}
const left = (place: Workplace) => [
  ...docker("ps", "--all", "--quiet", ...of(place)),
  ...docker("volume", "ls", "--quiet", ...of(place)),
];
const begun = (place: Workplace) => /"type":"begin"/.test(events(place));

describe("a run in containers", () => {
  needs("docker", "kills and starts its broker 20 times on the same loopback port, and leaves nothing", async () => {
    using place = new Workplace();
    const file = place.file(
      "kills.yaml",
      `${SCENARIO}faults: [{ id: kill, at: chaos, kill: broker, repeat: { times: 20, every: 1400ms } }]
expect: { lost: 0, phantom: 0, corrupt: 0 }
`,
    );
    const { ended } = place.start(["run", file, "--out", place.out]);
    await until("the load has begun", () => begun(place));
    const ports = new Set<string>();
    const looking = setInterval(() => {
      const published = docker("ps", "--format", "{{.Ports}}", ...of(place)).flatMap((line) => line.split(", "));
      for (const port of published) if (port.includes("->")) ports.add(port);
    }, 500);
    const { code, stdout, stderr } = await ended.finally(() => clearInterval(looking));
    expect(code, `${stdout}${stderr}`).toBe(0);
    // One port, published to loopback alone.
    expect([...ports]).toEqual([expect.stringMatching(/^127\.0\.0\.1:(\d+)->\1\/tcp$/)]);
    const { faults, delivery, resources } = place.result();
    expect(faults.filter(({ error, healedNs }) => error === null && healedNs !== null)).toHaveLength(20);
    expect(delivery.ok).toBe(delivery.acked);
    expect(left(place)).toEqual([]);
    expect(place.leftovers()).toEqual([]);
    const broker = resources.find(({ role }) => role === "broker");
    expect(broker?.cpuSecondsTotal).toBeGreaterThan(0);
    // A kernel whose count of writes can't be trusted tells none.
    expect(broker?.io?.writtenBytesTotal ?? null).not.toBe(0);
    // Once a second, and at the end.
    expect(broker?.atNs.length).toBeLessThan(place.result().run.durationNs / 1e9 + 2);
  });

  needs("docker", "that is killed is cleaned up by `havoq doctor --clean`", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
    await until("the load has begun", () => begun(place));
    expect(left(place)).toHaveLength(2);
    child.kill("SIGKILL");
    await ended;
    // Whoever has no list of runs, as after a lost /tmp, finds them by their labels.
    const clean = await place.run(["doctor", "--clean"]);
    expect(clean.stdout).toBe("nothing of a killed run is left\n");
    expect(left(place)).toEqual([]);
    expect(place.leftovers()).toEqual([]);
  });

  needs("docker", "that is interrupted reports what was measured and leaves nothing", async () => {
    using place = new Workplace();
    const frozen = `${SCENARIO}faults: [{ id: freeze, at: baseline+1s, pause: broker, for: 20s }]\n`;
    const { child, ended } = place.start(["run", place.file("long.yaml", frozen), "--out", place.out]);
    await until("the broker is frozen", () => /"id":"freeze".*"step":"confirmed"/.test(events(place)));
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(place.result().run.interrupted).toBe(true);
    expect(left(place)).toEqual([]);
  });

  needs("docker", "says when its broker ended unasked, and with what last words", async () => {
    using place = new Workplace();
    const short = ["--set", "phases.chaos=2s", "--set", "phases.drain=1s", "--set", "load.confirmTimeout=1s"];
    const { ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out, ...short]);
    await until("the load has begun", () => begun(place));
    const ids = docker("ps", "--quiet", ...of(place));
    docker("kill", ...ids);
    // So that what is left in it can be looked at.
    docker("start", ...ids);
    const { stdout } = await ended;
    const [note = ""] = place.result().run.notes.filter((each) => each.includes("although nobody asked for it"));
    expect(note).toMatch(
      /^redis ended with exit code 137 although nobody asked for it; its last words:\n.*Ready to accept/s,
    );
    expect(stdout).toContain("although nobody asked for it");
    expect(left(place)).toEqual([]);
  });

  needs("docker", "leaves what a run that still lasts has made", async () => {
    using place = new Workplace();
    const { child, ended } = place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
    await until("the load has begun", () => begun(place));
    using other = new Workplace();
    await other.run(["doctor", "--clean"]);
    expect(left(place)).toHaveLength(2);
    child.kill("SIGINT");
    await ended;
    expect(left(place)).toEqual([]);
  });

  needs("docker", "loses all with its disk, suffers limits, and is cut off its network", async () => {
    using place = new Workplace();
    const file = place.file(
      "faults.yaml",
      `${SCENARIO.replace("chaos: 30s", "chaos: 12s")}faults:
  - { id: wipe, at: chaos+1s, kill: broker, disk: lost, for: 500ms }
  - { id: squeeze, at: chaos+4s, limit: { cpu: 0.1, memory: 64MiB }, for: 2s }
  - { id: unplug, at: chaos+7s, disconnect: broker, for: 2s }
expect: { phantom: 0, corrupt: 0 }
`,
    );
    // A little slower than the load, so that messages wait when the disk is lost.
    const slow = { "workers.handle": "25ms", "workers.concurrency": 2, "target.limits.cpu": 1.5 };
    const sets = Object.entries(slow).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
    const { code, stdout, stderr } = await place.run(["run", file, "--out", place.out, ...sets]);
    expect(code, `${stdout}${stderr}`).toBe(0);
    const { faults, delivery } = place.result();
    expect(faults.map(({ description }) => description.replace(/ \(pid \d+\)/, ""))).toEqual([
      "SIGKILL of the broker, its disk lost",
      "limit of 0.1 cores and 64.0 MiB of memory for the broker",
      "the broker off the network",
    ]);
    expect(delivery.lost).toBeGreaterThan(10);
    expect(faults[2]?.resilience?.unavailableNs).toBeGreaterThan(1e9);
    expect(left(place)).toEqual([]);
  });
});

describe("a container that can't be had", () => {
  const refused = async (place: Workplace, driver: string, image: string) => {
    const text = `name: refused\ntarget: { driver: ${driver}, host: container, image: "${image}" }\nload: { rate: 1/s }\n`;
    const { child, ended } = place.start(["run", place.file("refused.yaml", text), "--out", place.out]);
    const answer = await ended;
    expect(madeBy(child.pid)).toEqual([]);
    return answer;
  };

  needs("docker", "for a program that its image lacks says so", async () => {
    using place = new Workplace();
    const { code, stderr } = await refused(place, "redis-streams", "havoq/nats:local");
    expect(code).toBe(3);
    expect(stderr).toMatch(/redis .*redis-server/);
    expect(stderr).toContain("command: docker run havoq/nats:local redis-server --port");
  });

  needs("docker", "for a broker that ends at once shows its last words", async () => {
    using place = new Workplace();
    const { code, stderr } = await refused(place, "kafka", "havoq/redis:local");
    expect(code).toBe(3);
    expect(stderr).toContain("kafka ended with exit code 127 before it was ready");
    expect(stderr).toMatch(/its last words:\n.*kafka-storage.sh: not found/);
  });
});
