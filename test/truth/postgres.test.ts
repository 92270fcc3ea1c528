import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("truth table: PostgreSQL", () => {
  needs("postgres", "row 35: a message handled in its transaction comes back when the worker dies", async () => {
    const { target, faults } = await holds("35-postgres-transaction-worker-crash");
    expect(target.redeliveryHorizonNs).toBe(0);
    expect(faults).toHaveLength(5);
  });

  needs("postgres", "row 35: nothing that was committed is lost when the server is killed", async () => {
    const { target } = await holds("35-postgres-transaction-broker-kill");
    expect(target.durability).toContain("write-ahead log");
  });

  needs("postgres", "a leased message comes back when its time has run out", async () => {
    const { target } = await holds("postgres-lease-worker-crash");
    expect(target.redeliveryHorizonNs).toBe(2e9);
  });

  needs("postgres", "an UNLOGGED table is empty after a crash", async () => {
    const { delivery, faults } = await holds("postgres-unlogged-broker-kill");
    const undelivered = faults[0]?.undelivered ?? 0;
    const inFlight = faults[0]?.inFlight ?? 0;
    expect(delivery.lost).toBeGreaterThanOrEqual(undelivered);
    expect(delivery.lost).toBeLessThanOrEqual(undelivered + inFlight);
  });

  needs("postgres", "synchronous_commit off loses what was confirmed in the last moments", async () => {
    const { delivery, target } = await holds("postgres-synchronous-commit-off-broker-kill");
    expect(delivery.lost).toBeLessThan(delivery.acked / 2);
    expect(target.durability).toContain("600 ms");
  });

  needs("postgres", "pg-boss runs the jobs of a dead worker again when they have expired", async () => {
    await holds("postgres-pg-boss-worker-crash");
  });

  needs("postgres", "graphile-worker leaves the jobs of a dead worker locked for four hours", async () => {
    const { target } = await holds("postgres-graphile-worker-crash");
    expect(target.redeliveryHorizonNs).toBeGreaterThanOrEqual(4 * 3600e9);
  });
});
