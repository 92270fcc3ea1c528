import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, unwritable } from "../errors.js";
import { makeFolder } from "../os/folders.js";
import type { Scenario } from "../scenario/scenario.js";
import { forRecord } from "../secrets/places.js";

/** Makes the folder of a run and writes the resolved scenario into it, without its secrets; throws `EnvironmentError` when it can't. */
export function createRunDirectory(path: string, scenario: Scenario): void {
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new EnvironmentError(`the run folder ${path} is not empty`, "choose another with --out");
  }
  try {
    for (const name of ["records", "logs"]) makeFolder(join(path, name));
    writeFileSync(join(path, "scenario.json"), `${JSON.stringify(forRecord(scenario), null, 2)}\n`);
  } catch (error) {
    throw unwritable(`the run folder ${path}`, error);
  }
}
