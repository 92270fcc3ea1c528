import type { Command } from "commander";
import { parse } from "yaml";
import { readCatalogue } from "../scenario/catalogue.js";
import { isCatalogue, isComparison } from "../scenario/comparison-schema.js";
import type { Problem } from "../scenario/problems.js";
import { collect } from "./flags.js";
import { checkCatalogue, loadCatalogue, loadComparison } from "./load-comparison.js";
import { loadScenarios, readScenarioFile, ScenarioError } from "./load-scenario.js";

/** Adds `havoq validate`. */
export function addValidateCommand(program: Command): void {
  program
    .command("validate")
    .description("check scenarios without running them; all problems at once, with line and column")
    .argument("<scenario...>", "scenario files (YAML); comparisons and catalogues of targets too")
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect, [])
    .action(async (files: string[], { set }: { set: string[] }) => {
      const said: string[] = [];
      const problems: Problem[] = [];
      for (const file of files) {
        try {
          said.push(`${file}: ${await check(file, set)}\n`);
        } catch (error) {
          if (!(error instanceof ScenarioError)) throw error;
          problems.push(...error.problems);
        }
      }
      if (problems.length > 0) throw new ScenarioError(problems);
      process.stdout.write(said.join(""));
    });
}

/** What a file is, when it is fine; throws a `ScenarioError` when it is not. */
async function check(file: string, overlays: readonly string[]): Promise<string> {
  const read = readScenarioFile(file);
  const data = "text" in read ? plain(read.text) : null;
  if ("text" in read && isCatalogue(data)) {
    const { entries, problems } = readCatalogue(read.text, file);
    if (problems.length > 0) throw new ScenarioError(problems);
    await checkCatalogue(file, entries);
    return `${entries.size} targets are fine`;
  }
  if (isComparison(data)) {
    const catalogue = loadCatalogue(undefined);
    const { name, subjects } = await loadComparison(file, {
      overlays,
      targets: undefined,
      reference: undefined,
      catalogue,
    });
    return `${name} is fine, for ${subjects.length} targets`;
  }
  const [prepared] = await loadScenarios([file], overlays);
  return `${prepared?.scenario.name ?? ""} is fine`;
}

/** The plain values of a file, as far as they can be read: enough to tell what it is. */
function plain(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return null;
  }
}
