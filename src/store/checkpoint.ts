import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { EnvironmentError } from "../errors.js";
import { HAVOQ_VERSION } from "../package.js";
import type { FoldSnapshot } from "../record/fold.js";
import type { OpenAcks } from "../record/open-acks.js";
import type { Position } from "./record-files.js";

/** What stands for the records of a run that were folded and removed. */
export interface Checkpoint {
  /** A checkpoint is read by the version of havoq that wrote it. */
  readonly havoq: string;
  readonly fold: FoldSnapshot;
  readonly openAcks: ReturnType<OpenAcks["snapshot"]>;
  readonly positions: ReadonlyMap<string, Position>;
}

const FILE = "checkpoint";

/** Writes the checkpoint of a run; the one before stays until this one is whole. */
export function writeCheckpoint(recordsDirectory: string, checkpoint: Omit<Checkpoint, "havoq">): void {
  const path = join(recordsDirectory, FILE);
  writeFileSync(`${path}.new`, serialize({ havoq: HAVOQ_VERSION, ...checkpoint }));
  renameSync(`${path}.new`, path);
}

/** The checkpoint of a run, or `null` when all its records are there; throws `EnvironmentError` when it can't be read. */
export function readCheckpoint(recordsDirectory: string): Checkpoint | null {
  const path = join(recordsDirectory, FILE);
  if (!existsSync(path)) return null;
  const checkpoint = restored(path);
  if (checkpoint.havoq === HAVOQ_VERSION) return checkpoint;
  const hint = "use the version that wrote it, or the result.json of the run";
  throw new EnvironmentError(`${path} was written by havoq ${checkpoint.havoq}, this is ${HAVOQ_VERSION}`, hint);
}

function restored(path: string): Checkpoint {
  try {
    return deserialize(readFileSync(path)) as Checkpoint;
  } catch (error) {
    throw new EnvironmentError(`${path} can't be read: ${error instanceof Error ? error.message : error}`, undefined, {
      cause: error,
    });
  }
}
