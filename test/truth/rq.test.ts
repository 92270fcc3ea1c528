import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const system = ["redis", "rq"] as const;

describe("truth table: RQ", () => {
  needs(system, "row 31: a job whose horse was killed is among the failed ones", async () => {
    const { delivery, workers } = await holds("31-rq-horse-kill");
    expect(delivery.deadLettered).toBeLessThanOrEqual(2);
    // A horse that was killed after its job had completed leaves a job that has done both.
    expect(workers.failed, "the parent says so").toBe(delivery.deadLettered + delivery.leftover.deadLettered);
  });

  needs(system, "row 31: a job whose worker was killed too is stuck", async () => {
    const { delivery } = await holds("31-rq-worker-kill");
    expect(delivery.stuck).toBeLessThanOrEqual(2);
  });

  needs(system, "a kill between the end of a job and its removal loses nothing", async () => {
    const { delivery } = await holds("31-rq-worker-kill", [], { env: { HAVOQ_STOP_AFTER: "completed:8" } });
    // It has completed, and RQ takes it for a job that runs.
    expect(delivery.leftover.inFlight).toBe(1);
  });

  needs(system, "a deployment loses and repeats nothing", async () => {
    await holds("rq-deployment");
  });
});
