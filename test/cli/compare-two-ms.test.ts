import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { comparisonSchema } from "../../src/compare/schema.js";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const SCENARIO = fileURLToPath(new URL("../../scenarios/compare/two-ms.yaml", import.meta.url));

// That equal targets are not told apart is a matter of noise: `npm run bench -- compare-aa`, and in simulation the unit tests.
needs("redis", "2 ms of the network are told apart", async () => {
  using place = new Workplace();
  const ended = await place.run(["compare", SCENARIO, "--runs", "4", "--json", "--out", place.out]);
  expect(ended.code, ended.stderr).toBe(0);
  const { differences } = comparisonSchema.parse(JSON.parse(ended.stdout));
  const p50 = differences.filter(({ metric }) => metric === "endToEnd.p50" || metric === "publish.p50");
  expect(p50).toHaveLength(2);
  // On a machine that stalls for longer than that, one of the two may drown.
  expect(p50.map(({ told }) => told)).toContain("worse");
  expect(p50.map(({ told }) => told)).not.toContain("better");
});
