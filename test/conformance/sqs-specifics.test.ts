import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import type { Broker } from "../../src/hosts/broker.js";
import { openBroker } from "../../src/hosts/open.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

/** The embedded broker as a user of the external host sees it. */
async function asExternal(broker: Broker): Promise<Broker> {
  const driver = await loadDriver("sqs");
  if (!driver.broker) throw new Error("sqs has no broker");
  process.env["AWS_ACCESS_KEY_ID"] ??= "test";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "test";
  const url = `http://127.0.0.1:${broker.endpoint.port}`;
  const choice = { kind: "external", located: null, reason: "asked for" } as const;
  const request = { dir: "", settings: {}, url, env: {}, logFile: "", onSpawn: () => {} };
  return openBroker(driver.broker, choice, request);
}

await describeWith("sqs", "sqs", () => {
  it("a message that is too long is rejected", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver);
    await using bench = await Bench.open(driver, {}, broker);
    const producer = await bench.producer();
    await expect(producer.publish(Buffer.alloc(2_000_000))).rejects.toThrow(RejectedError);
  });

  it("without a look inside, lists what is ready and counts what is in flight", async () => {
    const driver = await loadDriver("sqs");
    await using broker = await startBroker(driver);
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
    await using broker = await startBroker(driver);
    const external = await asExternal(broker);
    // As behind havoq's proxy: the url keeps the broker's name, host and port are the proxy's.
    const endpoint = { ...external.endpoint, url: "http://sqs.eu-central-1.amazonaws.com:9" };
    const context = { runId: "elsewhere", endpoint, options: driver.options.parse({}), onClientError: () => {} };
    const producer = await driver.producer(context);
    expect(await producer.publish(Buffer.from("one"))).toBe("broker");
    await producer.close();
  });
});
