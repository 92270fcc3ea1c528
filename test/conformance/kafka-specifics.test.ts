import { afterAll, beforeAll, expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import type { Broker } from "../../src/hosts/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

const CLIENTS = ["kafkajs", "platformatic"] as const;

const openOn = async (broker: Broker, options: Readonly<Record<string, unknown>>) =>
  Bench.open(await loadDriver("kafka"), options, broker);

/** One broker for all tests in a group. */
function brokerWith(settings: Readonly<Record<string, unknown>>): () => Broker {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker(await loadDriver("kafka"), settings);
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
  });
  return () => broker;
}

await describeWith("kafka", "kafka", () => {
  const broker = brokerWith({ messageMaxBytes: 10_000 });

  it.each(CLIENTS)("%s: a message that is too long is rejected", async (client) => {
    await using bench = await openOn(broker(), { client });
    const producer = await bench.producer();
    await expect(producer.publish(Buffer.alloc(20_000))).rejects.toThrow(RejectedError);
    expect(await producer.publish(Buffer.alloc(20))).toBe("broker");
  });

  it.each(CLIENTS)("%s: a publish that nobody confirms is local", async (client) => {
    await using bench = await openOn(broker(), { client, acks: 0 });
    const producer = await bench.producer();
    expect(await producer.publish(Buffer.from("one"))).toBe("local");
    await eventually(
      () => bench.residue(),
      ({ ready }) => ready.length === 1,
    );
  });

  it.each(CLIENTS)("%s: tells a repeated delivery from a message that was produced twice", async (client) => {
    await using bench = await openOn(broker(), { client, partitions: 1 });
    let failures = 1;
    const worker = await bench.consumer(async () => (failures-- > 0 ? "failed" : "completed"));
    const producer = await bench.producer();
    await producer.publish(Buffer.from("one"));
    await eventually(
      () => worker.settled,
      (settled) => settled === 2,
    );
    await producer.publish(Buffer.from("one"));
    await eventually(
      () => worker.settled,
      (settled) => settled === 3,
    );
    expect(worker.deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true, false]);
  });
});

await describeWith("kafka", "kafka of three nodes", () => {
  const brokers = brokerWith({ nodes: 3, minInsyncReplicas: 2, brokerSessionTimeout: "4s" });

  it.each(CLIENTS)("%s: they replicate, name their leader, and outlive it", async (client) => {
    const broker = brokers();
    const options = { client, partitions: 1, sessionTimeout: "2s", requestTimeout: "3s" };
    await using bench = await openOn(broker, options);
    const producer = await bench.producer();
    expect(await producer.publish(Buffer.from("before"))).toBe("replicated");
    const leader = (await bench.admin.abilities?.nodeInRole?.("leader")) ?? "";
    const follower = await bench.admin.abilities?.nodeInRole?.("follower");
    expect([...broker.nodes.keys()]).toEqual(expect.arrayContaining([leader, follower]));
    expect(follower).not.toBe(leader);
    await broker.nodes.get(leader)?.kill();
    const sent = payloads(20);
    for (const payload of sent) {
      await eventually(
        () =>
          producer.publish(payload).then(
            () => "confirmed",
            (error: unknown) => String(error),
          ),
        (outcome) => outcome === "confirmed",
        30_000,
      );
    }
    expect(await bench.admin.abilities?.nodeInRole?.("leader")).not.toBe(leader);
    const { ready } = await bench.residue();
    expect(ready).toEqual(expect.arrayContaining(textsOf([Buffer.from("before"), ...sent])));
    await broker.nodes.get(leader)?.start();
  });
});
