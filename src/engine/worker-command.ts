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
  const env = { PYTHONPATH: withFolder("PYTHONPATH", "sdk/python"), RUBYLIB: withFolder("RUBYLIB", "sdk/ruby/lib") };
  return { command: workers.command.map(absoluteIfFile), env };
}

/** A list of folders of the environment with one of havoq's package at its end. */
function withFolder(variable: string, folder: string): string {
  const given = process.env[variable];
  return [...(given ? [given] : []), packageFile(folder)].join(delimiter);
}

/**
 * Agents run in a folder of their own: a file that the command names is meant from where havoq was started. A program
 * without a slash is one of PATH, as in a shell.
 */
function absoluteIfFile(word: string, at: number): string {
  const isFile = (at > 0 || word.includes("/")) && (statSync(word, { throwIfNoEntry: false })?.isFile() ?? false);
  return isFile ? resolve(word) : word;
}
