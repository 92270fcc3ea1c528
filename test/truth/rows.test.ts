import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";
import { NO_PYTHON, withReason } from "../unit/agent-protocol/python.js";

const scenario = (name: string) => fileURLToPath(new URL(`../../scenarios/truth/${name}.yaml`, import.meta.url));

/** The verdict is the scenario's own: it states as expectations what is known to happen. */
async function holds(name: string, overlays: readonly string[] = []) {
  using place = new Workplace();
  const sets = overlays.flatMap((overlay) => ["--set", overlay]);
  const ended = await place.run(["run", scenario(name), "--out", place.out, "--quiet", ...sets]);
  expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
  expect(place.leftovers()).toEqual([]);
  const result = place.result();
  expect(result.run.notes).toEqual([]);
  expect(result.faults.every(({ error, healedNs }) => error === null && healedNs !== null)).toBe(true);
  return result;
}

describe("truth table: Redis", () => {
  needs("redis", "row 1: BRPOP loses what a killed worker held, and no more", async () => {
    const { delivery, faults, scenario } = await holds("01-redis-list-brpop-worker-crash");
    expect(faults).toHaveLength(5);
    const held = faults.reduce((sum, fault) => sum + fault.inFlight, 0);
    expect(delivery.lostInHandler).toBeLessThanOrEqual(held);
    expect(delivery.lostInHandler + delivery.lostBeforeHandler).toBe(delivery.lost);
    expect(scenario["workers"]).toMatchObject({ concurrency: 8 });
  });

  const pythonRow = "row 1 with a worker written in Python: the same";
  if (NO_PYTHON !== null) it.skip(withReason(pythonRow));
  else
    needs("redis", pythonRow, async () => {
      const worker = fileURLToPath(new URL("../agents/redis_list_worker.py", import.meta.url));
      const { delivery } = await holds("01-redis-list-brpop-worker-crash", [
        `workers.command=["python3", "${worker}"]`,
      ]);
      expect(delivery.lost).toBeGreaterThan(0);
      expect(delivery.ok + delivery.lost).toBe(delivery.acked);
    });

  needs("redis", "row 2: BLMOVE without a reaper leaves them stuck", async () => {
    await holds("02-redis-list-blmove-worker-crash");
  });

  needs("redis", "row 3: BLMOVE with a reaper delivers them again", async () => {
    await holds("03-redis-list-blmove-reaper-worker-crash");
  });

  needs("redis", "row 4: snapshots alone lose all that was undelivered", async () => {
    const { delivery, target } = await holds("04-redis-rdb-broker-kill");
    expect(delivery.lostInHandler).toBe(0);
    expect(target.durability).toContain("snapshot");
  });

  needs("redis", "row 5: no persistence loses all that was undelivered", async () => {
    await holds("05-redis-no-persistence-broker-kill");
  });

  needs("redis", "row 6: an append-only file loses nothing, fsynced every second or always", async () => {
    await holds("06-redis-aof-everysec-broker-kill");
    await holds("06-redis-aof-always-broker-kill");
  });

  needs("redis", "row 7: a stream without a claimer, with one, and with NOACK: stuck, duplicates, lost", async () => {
    await holds("07-redis-streams-no-claim-worker-crash");
    await holds("07-redis-streams-xautoclaim-worker-crash");
    await holds("07-redis-streams-noack-worker-crash");
  });

  needs("redis", "row 8: pub/sub loses what is published while the subscriber restarts", async () => {
    const { delivery } = await holds("08-redis-pubsub-worker-restart");
    expect(delivery.lostBeforeHandler).toBeGreaterThan(0);
  });
});

describe("truth table: SQS", () => {
  needs("sqs", "row 22: a visibility timeout shorter than the handler makes duplicates", async () => {
    await holds("22-sqs-visibility-too-short");
  });

  needs("sqs", "row 23: a crashed worker's messages come back after the visibility timeout", async () => {
    const { target, faults } = await holds("23-sqs-worker-crash");
    expect(target.redeliveryHorizonNs).toBeGreaterThanOrEqual(3e9);
    expect(faults).toHaveLength(3);
  });

  needs("sqs", "row 25: fauxqs, in memory, loses all that was undelivered when it is killed", async () => {
    await holds("25-fauxqs-broker-kill");
  });

  needs("sqs", "the quickstart: three families of faults, every message accounted for, in under a minute", async () => {
    const file = fileURLToPath(new URL("../../scenarios/quickstart.yaml", import.meta.url));
    using place = new Workplace();
    const ended = await place.run(["run", file, "--out", place.out]);
    expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
    const result = place.result();
    expect(result.faults.map(({ family }) => family).sort()).toEqual(["broker", "network", "worker"]);
    expect(result.run.durationNs).toBeLessThan(60e9);
    expect(readFileSync(`${place.runDirectories()[0]}/report.html`, "utf8")).toContain("quickstart");
  });
});

describe("what havoq itself must not get wrong", () => {
  needs("redis", "P4: crashes of producers and workers never make it count wrongly", async () => {
    const { delivery, faults } = await holds("p4-producer-crash");
    expect(faults).toHaveLength(8);
    expect(delivery.acked + delivery.indeterminate).toBe(22_000);
    expect(delivery.ok).toBe(delivery.acked);
  });

  needs(
    "redis",
    "workers that hang, slow down, block or die, and a producer that hangs: each shows, none loses",
    async () => {
      const { faults, latency, delivery } = await holds("process-faults");
      expect(faults.map(({ id }) => id)).toEqual(["slow", "block", "hang", "producer-hang", "tree"]);
      expect(latency.handle.phases.chaos?.p95 ?? 0).toBeGreaterThan(3 * (latency.handle.phases.baseline?.p95 ?? 0));
      // A hung producer is late, not quiet: what was due meanwhile is sent, and counts from when it was due.
      expect(latency.publishDelay.phases.chaos?.max ?? 0).toBeGreaterThan(9e8);
      expect(delivery.indeterminate).toBe(0);
    },
  );

  needs("redis", "a network that is slow, thin, cut, reset and gone loses nothing that was confirmed", async () => {
    const { health, faults } = await holds("network-faults");
    expect(health.proxyOverheadNs).toBeGreaterThan(0);
    expect(faults.find(({ id }) => id === "partition")?.resilience?.unavailableNs).toBeGreaterThan(2e9);
  });
});
