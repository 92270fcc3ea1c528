import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { startTicksOf } from "../../src/os/processes.js";
import { RejectedError } from "../../src/spi/driver.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

await describeWith("nats", "NATS is killed and started again", () => {
  it("ten times on the same port, and leaves no process behind", async () => {
    const driver = await loadDriver("nats-jetstream");
    const seen = new Set<number>();
    {
      await using broker = await startBroker(driver);
      await using bench = await Bench.open(driver, {}, broker);
      const producer = await bench.producer();
      const sent = payloads(10);
      const { port } = broker.endpoint;
      expect(broker.version).toMatch(/^NATS \d+\.\d+/);
      for (const payload of sent) {
        await producer.publish(payload);
        const pid = broker.pid ?? 0;
        seen.add(pid);
        await broker.kill();
        expect(startTicksOf(pid)).toBeNull();
        await broker.start();
        expect(broker.endpoint.port).toBe(port);
      }
      expect((await bench.residue()).ready).toEqual(textsOf(sent));
      seen.add(broker.pid ?? 0);
    }
    expect([...seen].filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
  });
});

await describeWith("nats", "what NATS refuses", () => {
  it("a stream that is full and discards new messages is a rejection", async () => {
    const driver = await loadDriver("nats-jetstream");
    await using broker = await startBroker(driver);
    await using bench = await Bench.open(driver, { maxMessages: 3, discard: "new" }, broker);
    const producer = await bench.producer();
    const sent = payloads(3);
    for (const payload of sent) await producer.publish(payload);
    await expect(producer.publish(Buffer.from("too much"))).rejects.toThrow(RejectedError);
    expect((await bench.residue()).ready).toEqual(textsOf(sent));
  });

  it("a work queue without explicit acks is refused before anything starts", async () => {
    const driver = await loadDriver("nats-jetstream");
    expect(driver.options.safeParse({ retention: "workqueue", ack: "none" }).success).toBe(false);
  });
});
