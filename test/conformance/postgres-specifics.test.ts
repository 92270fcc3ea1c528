import { Client } from "pg";
import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { clientConfig } from "../../drivers/postgres/connection.js";
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

  it("holds a transaction open that keeps dead rows, and says when it had ended before", async () => {
    const driver = await loadDriver("postgres");
    await using broker = await startBroker(driver);
    await using bench = await Bench.open(driver, {}, broker);
    const held = await bench.admin.abilities?.hold?.("transaction");
    const pid = /session (\d+) held open \(nothing newer than \d+ /.exec(held?.description ?? "")?.[1];
    const client = new Client(clientConfig(broker.endpoint));
    await client.connect();
    try {
      const horizon = "SELECT pid FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()";
      expect((await client.query(horizon)).rows).toEqual([{ pid: Number(pid) }]);
      await held?.release();
      expect((await client.query(horizon)).rows).toEqual([]);
      const another = await bench.admin.abilities?.hold?.("transaction");
      await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xmin IS NOT NULL
        AND pid <> pg_backend_pid()`);
      await expect(another?.release()).rejects.toThrow();
    } finally {
      await client.end();
    }
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
