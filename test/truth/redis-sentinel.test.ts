import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

describe("truth table: Redis Sentinel", () => {
  needs("redis", "a failover loses what was confirmed and had not reached the replica", async () => {
    const { delivery, target } = await holds("redis-sentinel-failover");
    expect(delivery.lostBeforeHandler).toBe(delivery.lost);
    expect(target.durability).toContain("asynchronously");
  });

  needs("redis", "WAIT keeps a failover from losing what was confirmed", async () => {
    await holds("redis-sentinel-failover-wait");
  });
});
