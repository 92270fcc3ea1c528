import { appendFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { runTag } from "../../../src/payload-header.js";
import { hashToUnit } from "../../../src/stats/random.js";
import { openRecords } from "../../../src/store/record-files.js";
import { ms } from "../../../src/units.js";
import { eventually } from "../../support/eventually.js";
import { foldOf, planOf, recording } from "../../support/recording.js";
import { describeWith } from "../../support/systems.js";
import { KEYS, PythonAgent, RUN_ID, sealed } from "./agent.js";
import { type Broker, startFake, startRedis } from "./brokers.js";

const HOUR = { kind: "constant", value: ms(3_600_000) } as const;

const kinds = [
  { name: "redis-server", start: startRedis, systems: ["python", "redis"] },
  { name: "a fake RESP server", start: () => startFake(), systems: ["python"] },
] as const;

async function ready(start: () => Promise<Broker>): Promise<{ broker: Broker; agent: PythonAgent }> {
  const broker = await start();
  onTestFinished(() => broker.close());
  const agent = new PythonAgent();
  onTestFinished(() => agent.close());
  return { broker, agent };
}

/** Folds what the agent wrote, after a producer 3.1 whose `count` messages were all acked at t0. */
function foldRecords(agent: PythonAgent, count: number) {
  const producer = recording({ role: "producer", index: 3, incarnation: 1 }, (pack) => {
    pack.lease({ firstSequence: 0, count, atNs: 0 });
    for (let sequence = 0; sequence < count; sequence++) {
      pack.outcome({ outcome: "acked", level: "broker", errorCode: 0, sequence, dueNs: 0, sentNs: 0, doneNs: 0 });
    }
  });
  using records = openRecords(agent.directory);
  return foldOf(planOf(60), [producer, ...records.sources]);
}

const numbers = (count: number) => Array.from({ length: count }, (_, sequence) => sequence);
const sorted = (values: readonly number[]) => [...values].sort((one, other) => one - other);

for (const { name, start, systems } of kinds) {
  await describeWith(systems, `a worker in Python against ${name}`, () => {
    it("goes from hello to bye, and what it wrote down adds up", async () => {
      const { broker, agent } = await ready(start);
      expect((await agent.hears("hello")).protocol).toBe(2);
      await agent.start({ port: broker.port, concurrency: 4, handle: { kind: "constant", value: ms(1) } });
      const dueNs = agent.now();
      for (const sequence of numbers(50)) await broker.push(KEYS.queue, sealed(sequence, { dueNs }));
      const broken = sealed(50);
      broken.writeUInt8(broken.readUInt8(60) ^ 1, 60);
      await broker.push(KEYS.queue, broken);
      await broker.push(KEYS.queue, sealed(51, { runId: "another-run" }));
      await agent.has(50, "settled");
      await agent.has(1, "foreign");
      await eventually(
        () => agent.said.findLast(({ type }) => type === "stats"),
        (stats) => stats?.type === "stats" && stats.completed === 50,
      );
      const { bye, code } = await agent.stop();
      expect(code).toBe(0);
      expect(bye).toMatchObject({ started: 50, completed: 50, failed: 0 });

      expect(agent.header).toEqual({ role: "worker", index: 2, incarnation: 0, runTag: runTag(RUN_ID) });
      const { records } = agent;
      const times = records.map(({ atNs }) => atNs);
      expect(times).toEqual(sorted(times));
      for (const sequence of numbers(50)) {
        const own = records.filter((record) => record.sequence === sequence && !isStray(record.kind));
        expect(own.map(({ kind }) => kind)).toEqual(["started", "completed", "settled"]);
        const [first, , last] = own;
        expect(first).toMatchObject({ key: sequence * 2, middleNs: dueNs, redelivered: undefined });
        expect(last?.middleNs).toBe(first?.atNs);
      }
      const fold = foldRecords(agent, 50);
      expect(fold.workers).toMatchObject({ started: 50, completed: 50, failed: 0 });
      expect(fold.delivery({ inspected: true, anonymous: 0 })).toMatchObject({
        acked: 50,
        ok: 50,
        lost: 0,
        corrupt: 1,
        phantom: 1,
        duplicates: { redelivered: 0, producedTwice: 0 },
      });
      expect(fold.histograms.get("baseline")?.endToEnd.totalCount).toBe(50);
    });

    it("has its started records on disk when it is killed in mid-handler", async () => {
      const { broker, agent } = await ready(start);
      await agent.start({ port: broker.port, concurrency: 3, handle: HOUR });
      for (const sequence of numbers(5)) await broker.push(KEYS.queue, sealed(sequence));
      await agent.has(3, "started");
      await agent.kill();
      expect(sorted(agent.sequences("started"))).toEqual([0, 1, 2]);
      expect(agent.records).toHaveLength(3);
      // The residue would say of 3 and 4 that they still are in the list; here nobody looked.
      const expected = { lost: 5, lostInHandler: 3, lostBeforeHandler: 2 };
      expect(foldRecords(agent, 5).delivery({ inspected: true, anonymous: 0 })).toMatchObject(expected);
      appendFileSync(agent.recordFile, Buffer.alloc(7, 4));
      expect(foldRecords(agent, 5).delivery({ inspected: true, anonymous: 0 })).toMatchObject(expected);
      expect(await broker.list(KEYS.queue)).toHaveLength(2);
    });

    it("comes back after the broker was away", async () => {
      const { broker, agent } = await ready(start);
      await agent.start({ port: broker.port, concurrency: 2 });
      await broker.push(KEYS.queue, sealed(0));
      await agent.has(1, "settled");
      await broker.goAway();
      expect((await agent.hears("clientError")).text).not.toBe("");
      await broker.comeBack();
      await broker.push(KEYS.queue, sealed(1));
      await agent.has(2, "settled");
      await broker.goAway();
      expect((await agent.stop()).bye).toMatchObject({ started: 2, completed: 2 });
    });

    it("fails exactly the messages that are poison", async () => {
      const { broker, agent } = await ready(start);
      await agent.start({ port: broker.port, concurrency: 2, seed: 7, fail: { transient: 0, poison: 0.3 } });
      for (const sequence of numbers(60)) await broker.push(KEYS.queue, sealed(sequence));
      await agent.has(60, "settled");
      const poison = numbers(60).filter((sequence) => hashToUnit(7, 3, 1, sequence) < 0.3);
      expect(sorted(agent.sequences("failed"))).toEqual(poison);
      expect((await agent.stop()).bye).toMatchObject({
        started: 60,
        completed: 60 - poison.length,
        failed: poison.length,
      });
    });

    it("finishes the handlers that run when it is asked to stop", async () => {
      const { broker, agent } = await ready(start);
      await agent.start({ port: broker.port, concurrency: 2, handle: { kind: "constant", value: ms(400) } });
      await broker.push(KEYS.queue, sealed(0));
      await agent.has(1, "started");
      expect((await agent.stop()).bye).toMatchObject({ started: 1, completed: 1 });
      expect(agent.sequences("settled")).toEqual([0]);
    });
  });
}

const isStray = (kind: string): boolean => kind === "corrupt" || kind === "foreign";
