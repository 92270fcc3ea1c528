import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import type { Broker } from "../../src/hosts/broker.js";
import { openBroker } from "../../src/hosts/open.js";
import type { HostChoice } from "../../src/spi/broker.js";
import { type Driver, RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { traitsOf } from "../support/traits.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

/** The embedded broker as a user of the external host sees it. */
async function asExternal(broker: Broker): Promise<Broker> {
  const driver = await loadDriver("sqs");
  if (!driver.broker) throw new Error("sqs has no broker");
  process.env["AWS_ACCESS_KEY_ID"] ??= "test";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "test";
  const url = `http://127.0.0.1:${broker.endpoint.port}`;
  const choice = { kind: "external", located: null, reason: "asked for" } as const;
  const request = { runId: "t", dir: "", settings: {}, url, env: {}, logFile: "", onSpawn: () => {} };
  return openBroker(driver.broker, choice, request);
}

await describeWith("sqs", "sqs", () => {
  it("a message that is too long is rejected", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver, {}, "embedded");
    await using bench = await Bench.open(driver, {}, broker);
    const producer = await bench.producer();
    await expect(producer.publish(Buffer.alloc(2_000_000))).rejects.toThrow(RejectedError);
  });

  it("without a look inside, lists what is ready and counts what is in flight", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver, {}, "embedded");
    const external = await asExternal(broker);
    expect(external.version).toBe(`SQS at 127.0.0.1:${broker.endpoint.port}`);
    await using bench = await Bench.open(
      driver,
      { deadLetter: { maxReceives: 1 }, visibilityTimeout: "60s" },
      external,
    );
    const producer = await bench.producer();
    const [poison = Buffer.alloc(0), held = Buffer.alloc(0), ...rest] = payloads(14);
    await producer.publish(poison);
    const failing = await bench.consumer(async () => "failed", 1);
    await eventually(
      () => bench.admin.depth(),
      ({ deadLettered }) => deadLettered === 1,
    );
    await failing.stop();
    await producer.publish(held);
    const holding = await bench.consumer(() => new Promise(() => {}), 1);
    await eventually(
      () => holding.deliveries.length,
      (count) => count === 1,
    );
    await holding.close();
    for (const payload of rest) await producer.publish(payload);
    const residue = await bench.residue();
    expect(residue).toEqual({ ready: textsOf(rest), inFlight: ["?"], deadLettered: textsOf([poison]) });
  });

  it("connects where the endpoint says, whatever its url names", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver, {}, "embedded");
    const external = await asExternal(broker);
    // As behind havoq's proxy: the url keeps the broker's name, host and port are the proxy's.
    const endpoint = { ...external.endpoint, url: "http://sqs.eu-central-1.amazonaws.com:9" };
    const context = { runId: "elsewhere", endpoint, options: driver.options.parse({}), onClientError: () => {} };
    const producer = await (await driver.clients(context.options)).producer(context);
    expect(await producer.publish(Buffer.from("one"))).toBe("broker");
    await producer.close();
  });

  it("with a heartbeat, a handler may take longer than the visibility timeout", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver, {}, "embedded");
    await using bench = await Bench.open(driver, { visibilityTimeout: "2s", heartbeat: true }, broker);
    // The clock: a message of another queue that nobody extends, and that comes again after each timeout.
    await using other = await Bench.open(driver, { visibilityTimeout: "2s" }, broker);
    const left = await other.consumer(() => new Promise<never>(() => {}), 16);
    await (await other.producer()).publish(Buffer.from("left"));
    const producer = await bench.producer();
    await producer.publish(Buffer.from("slow"));
    const handle = async () => {
      const seen = left.deliveries.length;
      await eventually(
        () => left.deliveries.length,
        (count) => count >= seen + 3,
      );
      return "completed" as const;
    };
    const workers = [await bench.consumer(handle), await bench.consumer(handle)];
    const deliveries = () => workers.flatMap((worker) => worker.deliveries);
    await eventually(
      () => workers.reduce((sum, { settled }) => sum + settled, 0),
      (settled) => settled > 0,
    );
    expect(deliveries()).toHaveLength(1);
    expect(await bench.admin.depth()).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it("a FIFO message that fails comes again before those behind it, at once or after the timeout", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver, {}, "embedded");
    await failsInOrder(driver, broker, "visible");
    await failsInOrder(driver, broker, "wait");
  });

  it("is not started when it is to keep messages, which fauxqs can't", async () => {
    const driver = await loadDriver("sqs");
    const conflictsOn = (host: HostChoice) => traitsOf(driver, {}, { persistent: true }, host).conflicts;
    expect(conflictsOn("embedded")).toEqual([expect.stringContaining("in memory only")]);
    expect(conflictsOn("local")).toEqual([]);
    await expect(startBroker(driver, { persistent: true }, "embedded")).rejects.toThrow("havoq install elasticmq");
  });

  it("refuses groups and deduplication by content without a FIFO queue", async () => {
    const driver = await loadDriver("sqs");
    const conflicts = (options: unknown) => traitsOf(driver, options, {}, "embedded").conflicts;
    expect(conflicts({ groups: 4, deduplication: "content" })).toHaveLength(2);
    expect(conflicts({ fifo: true, groups: 4, deduplication: "content" })).toEqual([]);
  });
});

await describeWith("elasticmq", "sqs on ElasticMQ", () => {
  it("a FIFO message that fails comes again before those that came with it", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver, {}, "local");
    await failsInOrder(driver, broker, "visible");
    await failsInOrder(driver, broker, "wait");
  });
});

/** The second of five messages of one group fails once. */
async function failsInOrder(driver: Driver, broker: Broker, onFail: "visible" | "wait"): Promise<void> {
  await using bench = await Bench.open(driver, { fifo: true, sendBatch: 10, visibilityTimeout: "2s", onFail }, broker);
  const producer = await bench.producer();
  const sent = payloads(5);
  const texts = sent.map((payload) => textsOf([payload])[0] ?? "");
  await Promise.all(sent.map((payload) => producer.publish(payload)));
  let handled = 0;
  const worker = await bench.consumer(async () => {
    handled += 1;
    return handled === 2 ? "failed" : "completed";
  });
  await eventually(
    () => worker.settled,
    (settled) => settled === 6,
    bench.horizonMs + 5000,
  );
  const [first, second, ...rest] = texts;
  expect(worker.deliveries.map(({ text }) => text)).toEqual([first, second, second, ...rest]);
}
