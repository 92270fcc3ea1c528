import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { startTicksOf } from "../../src/os/processes.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";

const KILLS = 5;

await describeWith("elasticmq", "ElasticMQ", () => {
  it(`is killed and ready again ${KILLS} times on the same port, with its messages, and leaves no process`, async () => {
    const driver = await loadDriver("sqs");
    const pids: number[] = [];
    const readyMs: number[] = [];
    {
      await using broker = await startBroker(driver, { writeDelay: "0ms" }, "local");
      await using bench = await Bench.open(driver, { visibilityTimeout: "5s" }, broker);
      const { port } = broker.endpoint;
      const producer = await bench.producer();
      const sent = payloads(KILLS);
      pids.push(broker.pid ?? 0);
      for (const payload of sent) {
        await producer.publish(payload);
        const from = performance.now();
        await broker.kill();
        await broker.start();
        readyMs.push(Math.round(performance.now() - from));
        pids.push(broker.pid ?? 0);
        expect(broker.endpoint.port).toBe(port);
      }
      expect(new Set(pids).size).toBe(KILLS + 1);
      expect((await bench.residue()).ready).toEqual(textsOf(sent));
    }
    expect(pids.filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
    process.stdout.write(`ElasticMQ: ms from kill to ready: ${readyMs.join(" ")}\n`);
  });
});
