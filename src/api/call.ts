import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { cleanLeftovers } from "../engine/leftovers.js";
import type { ScenarioSource } from "../rounds/load-scenario.js";
import type { SidesRequest } from "../rounds/sides.js";

/** How to run a scenario, and what `compare` and `gate` understand too. */
export interface RunOptions {
  /** Changes of single values, as of `--set`: "load.rate=100/s". */
  readonly set?: readonly string[];
  /** Where the folder is made (records, result.json, report.html); when not given, nothing is kept. */
  readonly out?: string;
  /** Ends the load in good order; the result says that it was interrupted. */
  readonly signal?: AbortSignal;
  /** Told of each stage, such as "load". */
  onStage?(text: string): void;
}

/** A call of the library while it lasts. */
interface Call extends Disposable {
  /** Where its folder is made. */
  readonly out: string;
  readonly how: Omit<SidesRequest, "directory">;
}

const RECORDS_LIMIT_BYTES = 2 ** 30;

/** Removes what killed runs left, and makes what a call needs; disposing of it removes a folder that is not to be kept. */
export async function openCall(name: string, options: RunOptions): Promise<Call> {
  const { out, signal } = options;
  await cleanLeftovers();
  const folder = out ?? mkdtempSync(join(tmpdir(), `havoq-${name}-`));
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt, { once: true });
  return {
    out: folder,
    how: {
      command: `${name}() of the library`,
      abort,
      recordsLimitBytes: RECORDS_LIMIT_BYTES,
      onStage: (text) => options.onStage?.(text),
    },
    [Symbol.dispose]: () => {
      signal?.removeEventListener("abort", interrupt);
      if (out === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is given for a scenario: the path of a file, or what would be in one. */
export const sourceOf = (scenario: string | object): ScenarioSource =>
  typeof scenario === "string" ? scenario : { name: "scenario", text: stringify(scenario) };
