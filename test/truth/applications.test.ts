import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Runs a scenario of a fixture with an application that knows nothing of havoq. */
async function run(scenario: string, env: Readonly<Record<string, string>>) {
  using place = new Workplace();
  const { code, stdout, stderr } = await place.run(["run", fixture(scenario), "--out", place.out, "--quiet"], env);
  expect(place.leftovers(), "processes that are left").toEqual([]);
  return { code, text: `${stdout}${stderr}`, result: place.result() };
}

describe("an application of a user's own", () => {
  needs(
    ["rabbitmq", "celery"],
    "on Celery: tasks that are acked early are lost in a crash, those acked late not",
    async () => {
      const early = await run("shop-celery/shop.yaml", {});
      expect(early.code, early.text).toBe(1);
      expect(early.result.delivery).toMatchObject({ lostBeforeHandler: 0, duplicates: { redelivered: 0 } });
      expect(early.result.delivery.lost).toBeGreaterThan(0);
      const late = await run("shop-celery/shop.yaml", { SHOP_ACKS_LATE: "1" });
      expect(late.code, late.text).toBe(0);
      expect(late.result.delivery.duplicates.redelivered).toBeGreaterThan(0);
    },
  );

  needs("redis", "on BullMQ: a processor that swallows errors leaves nothing in the failed set", async () => {
    const swallowed = await run("shop-bullmq/shop.yaml", {});
    expect(swallowed.code, swallowed.text).toBe(1);
    expect(swallowed.result.delivery).toMatchObject({ deadLettered: 0, ok: 150 });
    const thrown = await run("shop-bullmq/shop.yaml", { SHOP_RETHROWS: "1" });
    expect(thrown.code, thrown.text).toBe(0);
    expect(thrown.result.delivery).toMatchObject({ deadLettered: 15, ok: 135 });
  });
});
