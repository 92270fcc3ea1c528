import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const MEMORY_DISK = "/dev/shm";

describe("truth table: Redis", () => {
  needs("redis", "row 1: BRPOP loses what a killed worker held, and no more", async () => {
    const { delivery, faults, scenario } = await holds("01-redis-list-brpop-worker-crash");
    expect(faults).toHaveLength(5);
    const held = faults.reduce((sum, fault) => sum + fault.inFlight, 0);
    expect(delivery.lostInHandler).toBeLessThanOrEqual(held);
    expect(delivery.lostInHandler + delivery.lostBeforeHandler).toBe(delivery.lost);
    expect(scenario["workers"]).toMatchObject({ concurrency: 8 });
  });

  needs(["python", "redis"], "row 1 with a worker written in Python: the same", async () => {
    const worker = fileURLToPath(new URL("../agents/redis_list_worker.py", import.meta.url));
    const { delivery } = await holds("01-redis-list-brpop-worker-crash", [`workers.command=["python3", "${worker}"]`]);
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
    // On a disk that syncs at once: while an fsync is under way, Redis puts the write off (see the scenario).
    await holds("06-redis-aof-everysec-broker-kill", [], existsSync(MEMORY_DISK) ? { base: MEMORY_DISK } : {});
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
