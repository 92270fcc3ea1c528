import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";
import { holds } from "./holds.js";

const onRedis = ["redis", "sidekiq"] as const;
const shop = fileURLToPath(new URL("../fixtures/shop-sidekiq/shop.yaml", import.meta.url));
const oneThread = ["workers.processes=1", "workers.concurrency=1"] as const;

describe("truth table: Sidekiq", () => {
  needs(onRedis, "row 30: a killed worker loses what its threads have", async () => {
    const { delivery, target } = await holds("30-sidekiq-worker-crash");
    expect(delivery.lost, "what runs is as many as there are threads").toBeLessThanOrEqual(4);
    expect(target.framework).toMatch(/^sidekiq \d/);
  });

  needs(onRedis, "a deployment loses and repeats nothing where handlers end in time", async () => {
    const { faults } = await holds("sidekiq-deployment");
    expect(faults.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^SIGTERM of worker-0: ended after/),
      expect.stringMatching(/^SIGTERM of worker-1: ended after/),
    ]);
  });

  needs(onRedis, "handlers that take longer than -t run twice", async () => {
    await holds("sidekiq-deployment-slow-handlers");
  });

  needs(onRedis, "jobs that never succeed are dead, and kept", async () => {
    await holds("sidekiq-poison-dead");
  });

  // Message 3 is completed, and its worker stands still before Sidekiq hears of it; -t is over, and it is pushed back.
  needs(onRedis, "completed is on disk before Sidekiq is done with a job", async () => {
    const slow = ["workers.handle=100ms", "load.rate=4/s"];
    const { delivery } = await holds("sidekiq-deployment-slow-handlers", [...oneThread, ...slow], {
      env: { HAVOQ_STOP_AFTER: "completed:3" },
    });
    expect(delivery.duplicates).toEqual({ redelivered: 1, producedTwice: 0 });
  });

  // Message 3 has failed, and its worker is killed before Sidekiq has put it into the dead set: it is nowhere.
  needs(onRedis, "failed is on disk before Sidekiq moves a job to the dead set", async () => {
    const { delivery } = await holds(
      "30-sidekiq-worker-crash",
      [...oneThread, "workers.fail.poison=100%", "target.options.retries=0", "load.rate=4/s"],
      {
        env: { HAVOQ_STOP_AFTER: "failed:3" },
      },
    );
    expect(delivery.lost).toBe(1);
    expect(delivery.deadLettered).toBe(delivery.acked - 1);
  });

  needs(
    onRedis,
    "a shop that swallows every error has no dead jobs, and loses those of a worker that is killed",
    async () => {
      const found = async (env: Readonly<Record<string, string>>) => {
        using place = new Workplace();
        const { code } = await place.run(["run", shop, "--out", place.out, "--quiet"], env);
        const { delivery, target } = place.result();
        expect(target.framework).toMatch(/^sidekiq \d/);
        expect(delivery.lost, "what runs is as many as there are threads").toBeGreaterThan(0);
        expect(delivery.lost).toBeLessThanOrEqual(4);
        expect(code, "an expectation of the shop's owners failed").toBe(1);
        return delivery.deadLettered;
      };
      expect(await found({}), "orders that were declined are nowhere").toBe(0);
      expect(await found({ SHOP_RAISES: "1" }), "and are kept where the worker raises").toBeGreaterThan(0);
    },
  );
});
