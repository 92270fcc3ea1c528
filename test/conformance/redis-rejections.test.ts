import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { RejectedError } from "../../src/spi/driver.js";
import { describeWith } from "../support/systems.js";
import { Bench, startBroker } from "./bench.js";

await describeWith("redis", "what Redis refuses", () => {
  for (const [name, options] of [
    ["redis-list", {}],
    ["redis-list", { autoPipelining: true }],
    ["redis-streams", {}],
  ] as const) {
    it(`${name} ${JSON.stringify(options)}: out of memory is a rejection`, async () => {
      const driver = await loadDriver(name);
      // Less than an empty server uses.
      await using broker = await startBroker(driver, { save: "", maxmemory: "100kb" });
      const parsed = driver.options.parse(options);
      const producer = await (await driver.clients(parsed)).producer({
        runId: "refused",
        endpoint: broker.endpoint,
        options: parsed,
        onClientError: () => {},
      });
      await expect(producer.publish(Buffer.from("too much"))).rejects.toThrow(RejectedError);
      await producer.close();
    });
  }

  it("a stream keeps no more than its maxlen", async () => {
    const driver = await loadDriver("redis-streams");
    await using broker = await startBroker(driver, { save: "" });
    await using bench = await Bench.open(driver, { maxlen: 3, trim: "exact" }, broker);
    const producer = await bench.producer();
    for (let index = 0; index < 10; index++) await producer.publish(Buffer.from([index]));
    expect((await bench.residue()).ready).toHaveLength(3);
  });
});
