import { describe } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const system = ["redis", "arq"] as const;

describe("truth table: ARQ", () => {
  needs(
    system,
    "row 33: what a crashed worker had comes again 10 s after its time, a job that had ended as well",
    async () => {
      await holds("33-arq-worker-crash", [], { env: { HAVOQ_STOP_AFTER: "completed:20" } });
    },
  );

  needs(system, "SIGTERM cancels what runs, and it comes again", async () => {
    await holds("arq-deployment");
  });
});
