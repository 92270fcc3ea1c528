import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { listKeys } from "../../drivers/redis/list-keys.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, startBroker } from "./bench.js";

await describeWith("redis", "a list of redis-list, with a reaper", () => {
  it("holds nothing for long that its worker was given and never got", async () => {
    const driver = await loadDriver("redis-list");
    await using broker = await startBroker(driver, { save: "" });
    await using bench = await Bench.open(driver, { reaper: "500ms" }, broker);
    const { port } = broker.endpoint;
    using redis = Object.assign(new Redis({ port }), { [Symbol.dispose]: () => redis.disconnect() });
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    // One message is in the worker's hands for as long as that takes; it is not brought back.
    const worker = await bench.consumer(async () => {
      await finished;
      return "completed";
    }, 2);
    await (await bench.producer()).publish(Buffer.from("held"));
    await worker.isGiven(1);
    // As when the server was killed after it had written the move, and before the worker heard of it.
    await redis.lpush(listKeys(bench.runId).processing("worker-1"), "orphan");
    await worker.isGiven(2);
    expect(worker.deliveries).toHaveLength(2);
    finish();
    await eventually(
      () => redis.llen(listKeys(bench.runId).processing("worker-1")),
      (left) => left === 0,
    );
    expect(worker.deliveries).toHaveLength(2);
  });
});
