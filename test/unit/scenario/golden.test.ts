import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { formatProblems } from "../../../src/input/problems.js";
import { parseScenario } from "../../../src/scenario/parse.js";

const golden = (name: string) => new URL(`../../golden/scenario/${name}`, import.meta.url);

it.each(["ten-mistakes", "strange-input"])(
  "tells all problems of %s at once, in order, each with its place",
  async (name) => {
    const result = parseScenario(readFileSync(golden(`${name}.yaml`), "utf8"), `scenarios/${name}.yaml`);
    const text = result.ok ? "" : formatProblems(result.problems);
    await expect(`${text}\n`).toMatchFileSnapshot(golden(`${name}.txt`).pathname);
  },
);
