import { afterAll, beforeAll, expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import type { Broker } from "../../src/hosts/broker.js";
import type { Attributes } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith, type SystemName } from "../support/systems.js";
import { Bench, startBroker, textsOf } from "./bench.js";

type Sent = readonly (Attributes & { readonly payload: Buffer })[];

/** Ten messages wait before the worker comes; answers with the order of their deliveries, by index. */
async function orderOf(bench: Bench, attributes: readonly Attributes[], concurrency: number): Promise<number[]> {
  const producer = await bench.producer();
  const sent: Sent = attributes.map((each, index) => ({ ...each, payload: Buffer.from(`message ${index}`) }));
  for (const { payload, ...each } of sent) await producer.publish(payload, each);
  const worker = await bench.consumer(async () => "completed", concurrency);
  await eventually(
    () => worker.settled,
    (settled) => settled === sent.length,
    15_000,
  );
  const texts = sent.map(({ payload }) => textsOf([payload])[0] ?? "");
  return worker.deliveries.map(({ text }) => texts.indexOf(text));
}

/** Runs a test on the real system of each row. */
async function onEach(
  title: string,
  rows: readonly (readonly [SystemName, string, Readonly<Record<string, unknown>>])[],
  test: (bench: Bench) => Promise<void>,
) {
  for (const [system, name, options] of rows) {
    await describeWith(system, `${name} ${JSON.stringify(options)}`, () => {
      let broker: Broker;
      beforeAll(async () => {
        broker = await startBroker(await loadDriver(name), {}, system === "sqs" ? "embedded" : undefined);
      });
      afterAll(async () => {
        await broker?.[Symbol.asyncDispose]();
      });
      it(title, async () => {
        await using bench = await Bench.open(await loadDriver(name), options, broker);
        await test(bench);
      });
    });
  }
}

await onEach(
  "takes what has the higher priority first, and of one priority what came first",
  [
    ["rabbitmq", "rabbitmq", { maxPriority: 9, prefetch: 1 }],
    ["redis", "bullmq", {}],
    ["redis", "bull", {}],
    ["postgres", "postgres", { priorities: true }],
    ["postgres", "postgres", { client: "graphile-worker", pollInterval: "100ms" }],
    ["postgres", "postgres", { client: "pg-boss" }],
  ],
  async (bench) => {
    const attributes = Array.from({ length: 10 }, (_, index) => ({ priority: index % 5 === 4 ? 9 : 1 }));
    expect(await orderOf(bench, attributes, 1)).toEqual([4, 9, 0, 1, 2, 3, 5, 6, 7, 8]);
  },
);

await onEach(
  "keeps the messages of a key in order, with many handlers",
  [
    ["sqs", "sqs", { fifo: true }],
    ["kafka", "kafka", {}],
    ["postgres", "postgres", { client: "graphile-worker", pollInterval: "100ms" }],
  ],
  async (bench) => {
    const attributes = Array.from({ length: 30 }, (_, index) => ({ key: index % 3 }));
    const order = await orderOf(bench, attributes, 8);
    for (const key of [0, 1, 2]) {
      const ofKey = order.filter((index) => index % 3 === key);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
  },
);
