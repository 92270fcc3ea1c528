import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

await describeWith("redis", "BullMQ and Bull", () => {
  for (const name of ["bullmq", "bull"]) {
    for (const autoPipelining of [false, true]) {
      it(`${name}, autoPipelining ${autoPipelining}: out of memory is a rejection`, async () => {
        const driver = await loadDriver(name);
        await using broker = await startBroker(driver, { save: "" });
        await using bench = await Bench.open(driver, { autoPipelining }, broker);
        const { host, port } = broker.endpoint;
        const client = new Redis({ host, port });
        // Less than an empty server uses; a full one would refuse the setup.
        await client.config("SET", "maxmemory", "100kb");
        client.disconnect();
        const producer = await bench.producer();
        await expect(producer.publish(Buffer.from("too much"))).rejects.toThrow(RejectedError);
        expect(await bench.residue()).toEqual({ ready: [], inFlight: [], deadLettered: [] });
      });
    }

    it(`${name}: delayed and prioritized jobs are ready, and with an id of its own a job is added once`, async () => {
      const driver = await loadDriver(name);
      await using broker = await startBroker(driver, { save: "" });
      for (const options of [{ delay: "60s" }, { priorities: 5 }, { jobId: "content" }]) {
        await using bench = await Bench.open(driver, options, broker);
        const producer = await bench.producer();
        const sent = payloads(20);
        for (const payload of sent) await producer.publish(payload);
        if ("jobId" in options) for (const payload of sent) await producer.publish(payload);
        expect(await bench.admin.depth()).toEqual({ ready: 20, inFlight: 0, deadLettered: 0 });
        expect((await bench.residue()).ready).toEqual(textsOf(sent));
      }
      expect(await keysLeft(broker.endpoint.port)).toEqual([]);
    });

    it(`${name}: a failed handler's job is tried as often as attempts says, and told as redelivered`, async () => {
      const driver = await loadDriver(name);
      await using broker = await startBroker(driver, { save: "" });
      await using bench = await Bench.open(driver, { attempts: 3 }, broker);
      const worker = await bench.consumer(async () => "failed");
      const producer = await bench.producer();
      await producer.publish(Buffer.from("fails"));
      await eventually(
        () => bench.admin.depth(),
        ({ deadLettered }) => deadLettered === 1,
      );
      expect(worker.deliveries.map(({ redelivered }) => redelivered ?? false)).toEqual([false, true, true]);
    });
  }
});

/** Keys of a server, after all runs were torn down. */
async function keysLeft(port: number): Promise<string[]> {
  const { Redis } = await import("ioredis");
  const client = new Redis({ port });
  try {
    return await client.keys("*");
  } finally {
    client.disconnect();
  }
}
