import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { startTicksOf } from "../../src/os/processes.js";
import { describeWith } from "../support/systems.js";
import { startBroker } from "./bench.js";

const RESTARTS = 5;

await describeWith("kafka", "kafka", () => {
  it("is killed and ready again five times, on the same port, and leaves no process behind", async () => {
    const driver = await loadDriver("kafka");
    const pids: number[] = [];
    {
      await using broker = await startBroker(driver);
      const { endpoint } = broker;
      for (let restart = 0; restart < RESTARTS; restart++) {
        const pid = broker.pid ?? 0;
        expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain("kafka.Kafka");
        pids.push(pid);
        await broker.kill();
        expect(startTicksOf(pid)).toBeNull();
        await broker.start();
        expect(broker.endpoint).toEqual(endpoint);
        expect(broker.version).toMatch(/^Kafka \d/);
      }
      pids.push(broker.pid ?? 0);
    }
    expect(new Set(pids).size).toBe(RESTARTS + 1);
    expect(pids.filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
  });
});
