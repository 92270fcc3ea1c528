import { existsSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { EnvironmentError } from "../errors.js";
import { initTemplate } from "../scenario/template.js";
import { print } from "./terminal.js";

/** Adds `havoq init`. */
export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description("write a commented scenario to start from")
    .argument("[file]", "where to", "scenario.yaml")
    .option("--force", "write over a file that is there", false)
    .action((file: string, { force }: { force: boolean }) => {
      if (existsSync(file) && !force)
        throw new EnvironmentError(`${file} is there already`, "name another file, or use --force");
      writeFileSync(file, initTemplate());
      print(`wrote ${file}; run it with: havoq run ${file}\n`);
    });
}
