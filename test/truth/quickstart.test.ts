import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { resultSchema } from "../../src/result-schema.js";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";

const file = (name: string) => fileURLToPath(new URL(`../../scenarios/quickstart/${name}.yaml`, import.meta.url));

describe("the first minute", () => {
  needs(
    "sqs",
    "the same faults on a broker that keeps nothing and on one that keeps everything, on one page",
    async () => {
      using place = new Workplace();
      const ended = await place.run(["run", file("keeps-nothing"), file("keeps-everything"), "--out", place.out]);
      expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
      expect(place.leftovers()).toEqual([]);
      const folders = place.runDirectories().filter((path) => !path.endsWith(".html"));
      const results = folders.map((folder) =>
        resultSchema.parse(JSON.parse(readFileSync(join(folder, "result.json"), "utf8"))),
      );
      const [everything, nothing] = results.sort((a, b) => a.delivery.lost - b.delivery.lost);
      expect(everything?.delivery).toMatchObject({ lost: 0, stuck: 0, phantom: 0 });
      expect(nothing?.delivery.lost).toBeGreaterThan(0);
      for (const { faults, run } of results) {
        expect(faults.map(({ family }) => family).sort()).toEqual(["broker", "network", "worker"]);
        expect(run.durationNs).toBeLessThan(45e9);
      }
      expect(ended.stdout).toMatch(/lost +[\d,]+ +0\n/);
      const page = readdirSync(place.out).find((name) => name.endsWith(".html")) ?? "";
      const html = readFileSync(join(place.out, page), "utf8");
      for (const { scenario } of results) expect(html).toContain(String(scenario["name"]));
    },
  );
});
