import { writeFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { ms } from "../../../src/units.js";
import { eventually } from "../../support/eventually.js";
import { describeWith } from "../../support/systems.js";
import { KEYS, PythonAgent, type ReadRecord, sealed } from "./agent.js";
import { type Broker, startFake } from "./brokers.js";
import type { FakeRedis } from "./fake-redis.js";

const HOUR = { kind: "constant", value: ms(3_600_000) } as const;

async function ready(onCommand?: FakeRedis["onCommand"]): Promise<{ broker: Broker; agent: PythonAgent }> {
  const broker = await startFake(onCommand);
  onTestFinished(() => broker.close());
  const agent = new PythonAgent();
  onTestFinished(() => agent.close());
  return { broker, agent };
}

await describeWith("python", "the rules of the protocol, in Python, against a fake RESP server", () => {
  it("has written the end of a handler before the broker hears of it", async () => {
    const atSettling: ReadRecord[][] = [];
    const { broker, agent } = await ready((name) => {
      if (name === "LPUSH") atSettling.push(agent.records);
    });
    const fail = { transient: 1, poison: 0 } as const;
    await agent.start({ port: broker.port, options: { consume: "brpop", onFail: "deadLetter" }, fail });
    await broker.push(KEYS.queue, sealed(9));
    await agent.has(1, "settled");
    expect(atSettling.map((records) => records.map(({ kind }) => kind))).toEqual([["started", "failed"]]);
    expect(await broker.list(KEYS.dead)).toEqual([sealed(9)]);
  });

  it("puts a failed message behind all others when it is to be tried again", async () => {
    const { broker, agent } = await ready();
    const fail = { transient: 1, poison: 0 } as const;
    await agent.start({ port: broker.port, options: { consume: "brpop", onFail: "requeue" }, fail });
    await broker.push(KEYS.queue, sealed(9));
    await agent.has(3, "failed");
    expect(new Set(agent.sequences("started"))).toEqual(new Set([9]));
  });

  it("takes nothing before start", async () => {
    const taken: string[] = [];
    const { broker, agent } = await ready((name) => taken.push(name));
    agent.configure({ port: broker.port });
    await agent.hears("ready");
    expect(new Set(taken)).toEqual(new Set(["PING"]));
  });

  it("ends at once when its standard input does", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port, handle: HOUR });
    await broker.push(KEYS.queue, sealed(0));
    await agent.has(1, "started");
    agent.closeStdin();
    expect(await agent.exited).toEqual([0, null]);
    expect(agent.records.map(({ kind }) => kind)).toEqual(["started"]);
  });

  it("never writes to a record file that exists", async () => {
    const { broker, agent } = await ready();
    writeFileSync(agent.recordFile, "of another incarnation");
    await agent.start({ port: broker.port });
    expect(await agent.hears("fatal")).toMatchObject({ code: "EEXIST" });
    expect(await agent.exited).toEqual([3, null]);
  });

  it("says why it can't do what it is configured for", async () => {
    const { broker, agent } = await ready();
    agent.configure({ port: broker.port, options: { consume: "blmove", reaper: "2s" } });
    expect((await agent.hears("fatal")).text).toContain("no reaper");
    expect(await agent.exited).toEqual([3, null]);
  });

  it("slows its handlers down, and heals", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port });
    const handlingMs = () =>
      agent.records.filter(({ kind }) => kind === "settled").map(({ atNs, middleNs }) => (atNs - middleNs) / 1e6);
    let sequence = 0;
    const pushUntil = async (holds: (lastMs: number) => boolean) => {
      const look = async () => {
        await broker.push(KEYS.queue, sealed(sequence++));
        await agent.has(sequence, "settled");
        return handlingMs().at(-1) ?? 0;
      };
      await eventually(look, holds);
    };
    agent.send({ type: "slow", byMs: 300 });
    await pushUntil((lastMs) => lastMs >= 300);
    agent.send({ type: "slow", byMs: 0 });
    await pushUntil((lastMs) => lastMs < 300);
  });

  it("gets nowhere while it is blocked, handlers that run included", async () => {
    const { broker, agent } = await ready();
    await agent.start({ port: broker.port, concurrency: 2, handle: { kind: "constant", value: ms(300) } });
    await broker.push(KEYS.queue, sealed(0));
    await agent.has(1, "started");
    agent.send({ type: "block", forMs: 1200 });
    await agent.has(1, "settled");
    const [handled] = agent.records.filter(({ kind }) => kind === "settled");
    expect((handled?.atNs ?? 0) - (handled?.middleNs ?? 0)).toBeGreaterThan(900e6);
  });
});
