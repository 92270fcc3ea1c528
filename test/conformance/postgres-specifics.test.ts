import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

await describeWith("postgres", "postgres", () => {
  for (const client of ["plain", "pg-boss", "graphile-worker"]) {
    it(`${client}: what the server answers with an error is rejected`, async () => {
      const driver = await loadDriver("postgres");
      await using broker = await startBroker(driver);
      await using bench = await Bench.open(driver, { client }, broker);
      const producer = await bench.producer();
      await producer.publish(Buffer.from("one"));
      await bench.admin.teardown();
      await expect(producer.publish(Buffer.from("two"))).rejects.toThrow(RejectedError);
    });
  }

  it("shows what handlers hold in their transactions as in flight", async () => {
    const driver = await loadDriver("postgres");
    await using broker = await startBroker(driver);
    await using bench = await Bench.open(driver, {}, broker);
    const producer = await bench.producer();
    const sent = payloads(10);
    for (const payload of sent) await producer.publish(payload);
    const worker = await bench.consumer(() => new Promise(() => {}), 3);
    await eventually(
      () => bench.admin.depth(),
      ({ ready, inFlight }) => ready === 7 && inFlight === 3,
    );
    const { ready, inFlight } = await bench.residue();
    expect(inFlight).toEqual(worker.texts);
    expect([...ready, ...inFlight].sort()).toEqual(textsOf(sent));
  });

  it("refuses options of another client before anything starts", async () => {
    const { options } = await loadDriver("postgres");
    const refused = [
      { client: "pg-boss", mode: "lease" },
      { expireIn: "2s" },
      { visibility: "2s" },
      { maxAttempts: 2 },
      { client: "graphile-worker", unlogged: true },
    ];
    for (const each of refused) expect(options.safeParse(each).success, JSON.stringify(each)).toBe(false);
  });
});
