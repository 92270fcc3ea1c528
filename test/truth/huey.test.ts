import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const system = ["redis", "huey"] as const;

describe("truth table: Huey", () => {
  needs(system, "a crash loses what runs, and a task that had ended is none of it", async () => {
    const { delivery } = await holds("huey-worker-crash", [], { env: { HAVOQ_STOP_AFTER: "completed:20" } });
    expect(delivery.lost, "as many as there were threads").toBeLessThanOrEqual(8);
  });

  needs(system, "SIGTERM interrupts what runs, which is lost", async () => {
    const { delivery } = await holds("huey-deployment");
    expect(delivery.lost, "as many as there were threads").toBeLessThanOrEqual(8);
  });
});
