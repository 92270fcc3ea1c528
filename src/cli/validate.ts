import type { Command } from "commander";
import { loadScenarios } from "./load-scenario.js";

/** Adds `havoq validate`. */
export function addValidateCommand(program: Command): void {
  program
    .command("validate")
    .description("check scenarios without running them; all problems at once, with line and column")
    .argument("<scenario...>", "scenario files (YAML)")
    .option("--set <path=value>", "change a value of the scenario; may be repeated", collect, [])
    .action(async (files: string[], { set }: { set: string[] }) => {
      for (const { file, scenario } of await loadScenarios(files, set)) {
        process.stdout.write(`${file}: ${scenario.name} is fine\n`);
      }
    });
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
