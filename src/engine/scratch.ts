import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EnvironmentError } from "../errors.js";
import { placedIdentityOf, seesItself } from "../os/identity.js";
import {
  CONTAINERS_FILE,
  endProcesses,
  OWNER_FILE,
  type Owner,
  PROCESSES_FILE,
  RUN_VARIABLE,
} from "./scratch-entry.js";
import { openScratchRoot, privateMode } from "./scratch-root.js";

/** The private directory of one run: broker data, and the list of the processes it started. */
export class Scratch implements AsyncDisposable {
  private constructor(
    readonly directory: string,
    private readonly owner: Owner,
  ) {}

  /** Makes the directory; throws `EnvironmentError` where it would not be safe. */
  static create(runId: string, runDirectory: string): Scratch {
    const self = seesItself() ? placedIdentityOf(process.pid) : null;
    if (!self) throw new EnvironmentError("/proc shows another PID namespace", "use `unshare` with --mount-proc");
    const directory = join(openScratchRoot(), runId);
    const owner: Owner = { ...self, runId, runDirectory: resolve(runDirectory) };
    // With its owner file from the first moment on: what has none is nobody's.
    const unnamed = `${directory}.new`;
    mkdirSync(unnamed, { mode: privateMode() });
    writeFileSync(join(unnamed, OWNER_FILE), JSON.stringify(owner));
    renameSync(unnamed, directory);
    return new Scratch(directory, owner);
  }

  /** Name of the directory, and of the run that it is for. */
  get runId(): string {
    return this.owner.runId;
  }

  /** Environment that marks a child as this run's. */
  get env(): Record<string, string> {
    return { [RUN_VARIABLE]: this.owner.runId };
  }

  /** Makes a directory for one of the run's processes. */
  subdirectory(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Notes a process, so that a later havoq can end it if this one is killed. */
  readonly register = (pid: number): void => {
    const identity = placedIdentityOf(pid);
    if (identity) appendFileSync(join(this.directory, PROCESSES_FILE), `${JSON.stringify(identity)}\n`);
  };

  /** Notes that the run makes containers, so that a later havoq looks for them if this one is killed. */
  noteContainers(): void {
    writeFileSync(join(this.directory, CONTAINERS_FILE), "");
  }

  /** Ends what still runs and removes the directory. */
  async remove(): Promise<void> {
    await endProcesses(this.directory, this.owner);
    rmSync(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}
