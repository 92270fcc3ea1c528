import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("what havoq itself must not get wrong", () => {
  needs("redis", "P4: crashes of producers and workers never make it count wrongly", async () => {
    const { delivery, faults, series } = await holds("p4-producer-crash");
    expect(faults).toHaveLength(8);
    expect(delivery.acked + delivery.indeterminate).toBe(series.offered.reduce((sum, count) => sum + count, 0));
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
