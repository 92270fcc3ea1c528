import { statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { packageFile } from "../package.js";
import type { Scenario } from "../scenario/scenario.js";

/** How a worker of the user's own is started. */
export interface WorkerCommand {
  readonly command: readonly string[];
  /** What it finds havoq's SDK by. */
  readonly env: Readonly<Record<string, string>>;
}

/** The user's own worker of a scenario; `null` where the workers are havoq's. */
export function workerCommandOf({ workers }: Scenario): WorkerCommand | null {
  if (workers.command === undefined) return null;
  const given = process.env["PYTHONPATH"];
  const folders = [...(given ? [given] : []), packageFile("sdk/python")];
  return { command: workers.command.map(absoluteIfFile), env: { PYTHONPATH: folders.join(delimiter) } };
}

/**
 * Agents run in a folder of their own: a file that the command names is meant from where havoq was started. A program
 * without a slash is one of PATH, as in a shell.
 */
function absoluteIfFile(word: string, at: number): string {
  const isFile = (at > 0 || word.includes("/")) && (statSync(word, { throwIfNoEntry: false })?.isFile() ?? false);
  return isFile ? resolve(word) : word;
}
