import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const worker = fileURLToPath(new URL("../agents/redis_list_worker.rb", import.meta.url));

describe("truth table: a worker of one's own in Ruby", () => {
  needs(["redis", "sidekiq"], "row 1: BRPOP loses what was being handled", async () => {
    const { delivery } = await holds("01-redis-list-brpop-worker-crash", [`workers.command=["ruby", "${worker}"]`]);
    expect(delivery.lost).toBeGreaterThan(0);
    expect(delivery.ok + delivery.lost).toBe(delivery.acked);
  });
});
