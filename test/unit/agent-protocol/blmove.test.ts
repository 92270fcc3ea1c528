import type { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { ms } from "../../../src/units.js";
import { describeWith } from "../../support/systems.js";
import { KEYS, PythonAgent, sealed } from "./agent.js";
import { type Broker, startRedis } from "./brokers.js";

const HOUR = { kind: "constant", value: ms(3_600_000) } as const;
const OPTIONS = { consume: "blmove" };
const HELD = KEYS.processing("2-0");

async function ready(): Promise<{ broker: Broker & { readonly client: Redis }; agent: PythonAgent }> {
  const broker = await startRedis();
  onTestFinished(() => broker.close());
  const agent = new PythonAgent();
  onTestFinished(() => agent.close());
  return { broker, agent };
}

await describeWith(["python", "redis"], "a worker in Python that moves messages (BLMOVE), against redis-server", () => {
  it("holds in its own list what it has not settled, and leaves nothing behind", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port, options: OPTIONS, concurrency: 2 });
    for (const sequence of [0, 1, 2]) await broker.push(KEYS.queue, sealed(sequence));
    await agent.has(3, "settled");
    expect(await broker.client.smembers(KEYS.workers)).toEqual(["2-0"]);
    await agent.stop();
    expect(await broker.client.keys("*")).toEqual([]);
  });

  it("moves what failed to the dead letters", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port, options: OPTIONS, fail: { transient: 1, poison: 0 } });
    await broker.push(KEYS.queue, sealed(4));
    await agent.has(1, "settled");
    expect(await broker.list(KEYS.dead)).toEqual([sealed(4)]);
    expect(await broker.list(HELD)).toEqual([]);
  });

  it("leaves what it held where havoq finds it when it is killed", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port, options: OPTIONS, handle: HOUR });
    await broker.push(KEYS.queue, sealed(5));
    await agent.has(1, "started");
    await agent.kill();
    expect(await broker.list(HELD)).toEqual([sealed(5)]);
    expect(await broker.client.smembers(KEYS.workers)).toEqual(["2-0"]);
  });

  it("is known again to a server that lost its memory", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port, options: OPTIONS, handle: HOUR });
    await broker.goAway();
    await broker.comeBack();
    await broker.push(KEYS.queue, sealed(6));
    await agent.has(1, "started");
    expect(await broker.client.smembers(KEYS.workers)).toEqual(["2-0"]);
  });

  it("logs in and selects the database that the endpoint's URL names", async () => {
    const { broker, agent } = await ready();
    await broker.client.config("SET", "requirepass", "s3cr:t");
    const url = `redis://:s3cr%3At@127.0.0.1:${broker.port}/5`;
    await agent.start({ port: broker.port, options: OPTIONS, url });
    await broker.client.auth("s3cr:t");
    await broker.client.select(5);
    await broker.push(KEYS.queue, sealed(7));
    await agent.has(1, "settled");
  });
});
