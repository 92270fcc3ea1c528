import type { Command } from "commander";
import type { Problem } from "../input/problems.js";
import { checkCatalogue, loadCatalogue, prepareComparison } from "../rounds/load-comparison.js";
import { readScenarioFile, requireScenario, ScenarioError } from "../rounds/load-scenario.js";
import { readCatalogue } from "../scenario/catalogue.js";
import { isCatalogue, isComparison } from "../scenario/comparison-schema.js";
import { shownName } from "../scenario/read-file.js";
import { readSource } from "../scenario/source.js";
import { collect } from "./flags.js";
import { print } from "./terminal.js";

/** Adds `havoq validate`. */
export function addValidateCommand(program: Command): void {
  program
    .command("validate")
    .description("check scenarios without running them; all problems at once, with line and column")
    .argument("<scenario...>", "scenario files (YAML), - for standard input; comparisons and catalogues of targets too")
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect, [])
    .action(async (files: string[], { set }: { set: string[] }) => {
      const said: string[] = [];
      const problems: Problem[] = [];
      for (const file of files) {
        try {
          said.push(`${shownName(file)}: ${await check(file, set)}\n`);
        } catch (error) {
          if (!(error instanceof ScenarioError)) throw error;
          problems.push(...error.problems);
        }
      }
      if (problems.length > 0) throw new ScenarioError(problems);
      print(said.join(""));
    });
}

/** What a file is, when it is fine; throws a `ScenarioError` when it is not. */
async function check(file: string, overlays: readonly string[]): Promise<string> {
  const read = readScenarioFile(file);
  if ("problems" in read) throw new ScenarioError(read.problems);
  const { text, name: shown } = read;
  const source = readSource(text, shown);
  if (!source.ok) throw new ScenarioError(source.problems);
  if (isCatalogue(source.data)) {
    const { entries, problems } = readCatalogue(text, shown);
    if (problems.length > 0) throw new ScenarioError(problems);
    await checkCatalogue(shown, entries);
    return `${entries.size} targets are fine`;
  }
  if (isComparison(source.data)) {
    const catalogue = loadCatalogue(undefined);
    const options = { overlays, targets: undefined, reference: undefined, catalogue };
    const { name, subjects } = await prepareComparison(text, shown, options);
    return `${name} is fine, for ${subjects.length} targets`;
  }
  const { scenario } = await requireScenario(read, overlays);
  return `${scenario.name} is fine`;
}
