import { expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";
import { conformance } from "./suite.js";

const settings = { sentinel: true, appendonly: "yes", save: "" };

await conformance({
  system: "redis",
  driver: "redis-list",
  keeps: true,
  outlivesCrash: true,
  settings,
  options: { wait: { replicas: 1, timeout: "2s" } },
  ackLevel: "replicated",
  unsettled: "stuck",
  failed: "deadLettered",
});

await describeWith("redis", "Redis with sentinels", () => {
  it("starts its primary again ten times, on the same ports, and leaves nothing behind", async () => {
    const driver = await loadDriver("redis-streams");
    const pids: number[] = [];
    {
      await using broker = await startBroker(driver, { ...settings, downAfter: "5s" });
      await using bench = await Bench.open(driver, {}, broker);
      const { nodes } = broker.endpoint;
      const producer = await bench.producer();
      const sent = payloads(10);
      for (const payload of sent) {
        const name = await bench.admin.abilities?.nodeInRole?.("primary");
        const node = broker.nodes.get(name ?? "");
        await node?.kill();
        await node?.start();
        expect(await producer.publish(payload)).toBe("broker");
        expect(broker.endpoint.nodes).toEqual(nodes);
      }
      expect((await bench.residue()).ready).toEqual(textsOf(sent));
      for (const { pid } of broker.nodes.values()) if (pid !== null) pids.push(pid);
      expect(pids).toHaveLength(5);
    }
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("follows the sentinels to the other server, and takes the old one back as its replica", async () => {
    const driver = await loadDriver("redis-list");
    await using broker = await startBroker(driver, { ...settings, downAfter: "500ms" });
    await using bench = await Bench.open(driver, { wait: { replicas: 1, timeout: "1s" } }, broker);
    const primary = () => bench.admin.abilities?.nodeInRole?.("primary");
    const before = await primary();
    const producer = await bench.producer();
    const worker = await bench.consumer();
    expect(await producer.publish(Buffer.from("before"))).toBe("replicated");
    await broker.nodes.get(before ?? "")?.kill();
    await eventually(primary, (now) => now !== before, 30_000);
    // Alone: the new primary has it, but nobody else.
    await expect(producer.publish(Buffer.from("alone"))).rejects.toThrow("0 of 1 replicas");
    await broker.nodes.get(before ?? "")?.start();
    await eventually(
      () => producer.publish(Buffer.from("after")).catch((error: Error) => error.message),
      (level) => level === "replicated",
      60_000,
    );
    expect(await bench.admin.abilities?.nodeInRole?.("replica")).toBe(before);
    const texts = textsOf(["before", "alone", "after"].map((text) => Buffer.from(text)));
    await eventually(
      () => worker.texts,
      (seen) => texts.every((text) => seen.includes(text)),
    );
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
