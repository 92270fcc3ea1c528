import { ScenarioError } from "../rounds/load-scenario.js";

/** A command line that asks for what there is not; `of` is the command or the argument. Exit code 2. */
export function usage(of: string, message: string, hint?: string): ScenarioError {
  return new ScenarioError([{ file: of, line: 0, column: 0, path: "", message, hint }]);
}
