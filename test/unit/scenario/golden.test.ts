import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseScenario } from "../../../src/scenario/parse.js";
import { formatProblems } from "../../../src/scenario/problems.js";

const golden = (name: string) => new URL(`../../golden/scenario/${name}`, import.meta.url);

it("tells all problems of a file at once, in its order, each with its place", async () => {
  const result = parseScenario(readFileSync(golden("ten-mistakes.yaml"), "utf8"), "scenarios/ten-mistakes.yaml");
  const text = result.ok ? "" : formatProblems(result.problems);
  await expect(`${text}\n`).toMatchFileSnapshot(golden("ten-mistakes.txt").pathname);
});
