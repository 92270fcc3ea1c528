import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadScenarios } from "../../../src/rounds/load-scenario.js";

const folder = fileURLToPath(new URL("../../../scenarios/patterns", import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => join(folder, name));

/** The targets, and the other values, that a pattern's comments offer for `--set`. */
function offersOf(file: string): { readonly targets: readonly string[]; readonly others: readonly string[] } {
  const comments = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("#"));
  const targets = comments.flatMap((line) => line.match(/\{ driver: (?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g) ?? []);
  const others = comments.flatMap((line) =>
    [...line.matchAll(/--set '?(load\.[^']*\}\]?)'/g)].map(([, set = ""]) => set),
  );
  return { targets, others };
}

describe("the patterns of use", () => {
  it("are those that the documentation names", () => {
    expect(files.map((file) => basename(file, ".yaml")).sort()).toEqual([
      "api-processing",
      "data-pipeline",
      "email",
      "event-processing",
      "file-processing",
      "ml-inference",
    ]);
  });

  it.each(files)("%s runs in a minute, has a fault, and expects that nothing is lost", async (file) => {
    const [prepared] = await loadScenarios([file], []);
    const { phases, faults, expect: expectations, name } = prepared?.scenario ?? {};
    expect(name).toBe(basename(file, ".yaml"));
    const seconds =
      ((phases?.warmup ?? 0) + (phases?.baseline ?? 0) + (phases?.chaos ?? 0) + (phases?.recovery ?? 0)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(seconds).toBeLessThanOrEqual(45);
    expect(faults).not.toEqual([]);
    const metrics = (expectations ?? []).map(({ metric }) => metric);
    expect(metrics).toEqual(expect.arrayContaining(["lost", "stuck", "phantom"]));
    expect(metrics.filter((metric) => metric.startsWith("endToEnd.")).length).toBeGreaterThan(0);
  });

  it.each(files)("%s takes every target that its comments offer", async (file) => {
    const { targets } = offersOf(file);
    expect(targets.length).toBeGreaterThanOrEqual(4);
    expect(targets.join()).toMatch(/redis-streams.*rabbitmq|rabbitmq.*redis-streams/);
    for (const target of targets) await loadScenarios([file], [`target=${target}`]);
  });

  it("have priorities and keys to switch on where the target has them", async () => {
    const withOption = {
      "email.yaml": "{ driver: bullmq }",
      "ml-inference.yaml": "{ driver: bullmq }",
      "event-processing.yaml": "{ driver: kafka }",
    };
    for (const [name, target] of Object.entries(withOption)) {
      const file = join(folder, name);
      const { others } = offersOf(file);
      expect(others).toHaveLength(1);
      await loadScenarios([file], [`target=${target}`, ...others]);
    }
  });
});
