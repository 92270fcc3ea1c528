import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { descendantsOf, processesMarked, startTicksOf } from "../../src/os/processes.js";
import { describeWith } from "../support/systems.js";
import { Bench, startBroker } from "./bench.js";

const KILLS = 5;
/** RabbitMQ 3.10 was seen to forget a durable queue, with what was confirmed in it, that was declared just before a kill. */
const QUEUE_AGE_MS = 3000;
/** Erlang takes 5 to 15 s to start, by how busy the machine is. */
const TIMEOUT_MS = 400_000;

await describeWith("rabbitmq", "a RabbitMQ that is killed again and again", () => {
  it("is ready again on the same port each time, with what was confirmed, and leaves no process", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const driver = await loadDriver("rabbitmq");
    const mark = `HAVOQ_TEST_RESTARTS=${process.pid}`;
    process.env["HAVOQ_TEST_RESTARTS"] = String(process.pid);
    try {
      const pids = new Set<number>();
      let confirmed = 0;
      {
        await using broker = await startBroker(driver);
        await using bench = await Bench.open(driver, {}, broker);
        const producer = await bench.producer();
        const { port } = broker.endpoint;
        await sleep(QUEUE_AGE_MS);
        for (let kill = 0; kill < KILLS; kill++) {
          await producer.publish(Buffer.from(`before kill ${kill}`));
          confirmed += 1;
          const tree = broker.pid === null ? [] : [broker.pid, ...descendantsOf(broker.pid)];
          pids.add(tree[0] ?? 0);
          await broker.kill();
          expect(tree.filter((pid) => startTicksOf(pid) !== null)).toEqual([]);
          await broker.start();
          expect(broker.endpoint.port).toBe(port);
          expect(broker.version).toMatch(/^RabbitMQ \d/);
        }
        expect((await bench.residue()).ready).toHaveLength(confirmed);
      }
      expect(pids.size).toBe(KILLS);
      // Erlang's port mapper detaches from the broker and outlives its kills.
      expect(processesMarked("/no/folder", mark)).toEqual([]);
    } finally {
      delete process.env["HAVOQ_TEST_RESTARTS"];
    }
  });
});
