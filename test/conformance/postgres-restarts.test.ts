import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { descendantsOf, startTicksOf } from "../../src/os/processes.js";
import { describeWith } from "../support/systems.js";
import { startBroker } from "./bench.js";

await describeWith("postgres", "PostgreSQL is killed and started again", () => {
  it("ten times on the same port, and leaves no process behind", async () => {
    const driver = await loadDriver("postgres");
    const seen = new Set<number>();
    {
      await using broker = await startBroker(driver, {}, "embedded");
      const { port } = broker.endpoint;
      expect(broker.version).toBe("PostgreSQL 18.4");
      for (let round = 0; round < 10; round++) {
        const pid = broker.pid ?? 0;
        const own = [pid, ...descendantsOf(pid)];
        expect(own.length).toBeGreaterThan(3);
        for (const each of own) seen.add(each);
        await broker.kill();
        expect(own.filter((each) => startTicksOf(each) !== null)).toEqual([]);
        await broker.start();
        expect(broker.endpoint.port).toBe(port);
      }
      const last = broker.pid ?? 0;
      for (const each of [last, ...descendantsOf(last)]) seen.add(each);
    }
    expect([...seen].filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
  });

  it("stops in good order while clients are connected", async () => {
    const driver = await loadDriver("postgres");
    await using broker = await startBroker(driver);
    const context = { runId: "t-stop", endpoint: broker.endpoint, options: driver.options.parse({}) };
    const clients = await driver.clients(context.options);
    const producer = await clients.producer({ ...context, onClientError: () => {} });
    await broker.stop();
    expect(broker.logTail()).toContain("database system is shut down");
    await broker.start();
    expect(broker.logTail()).not.toContain("was interrupted");
    await producer.close();
  });
});
