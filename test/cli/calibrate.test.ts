import { describe, expect, it } from "vitest";
import { Workplace } from "../support/cli.js";

/** Alone, as it measures what havoq itself reaches on this machine. */
describe("havoq calibrate", () => {
  it("measures havoq itself", async () => {
    using place = new Workplace();
    const figures = JSON.parse((await place.run(["calibrate", "--json"])).stdout);
    expect(figures.paced.completedPerSecond).toBeGreaterThan(9000);
    expect(figures.closed.agentCpuMicrosecondsPerMessage).toBeGreaterThan(0);
  });
});
