import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { isAlive, killAndWait, type ProcessIdentity, processesMarked, startTicksOf } from "../os/processes.js";

/** Where every run of this user keeps what must not outlive it. */
export const scratchRoot = (): string => join(tmpdir(), `havoq-${userInfo().uid}`);

const OWNER_FILE = "owner.json";
const PROCESSES_FILE = "processes.ndjson";
/** There when the run made containers. */
const CONTAINERS_FILE = "containers";
/** A directory without an owner file yet is being made by a run that starts right now. */
const BIRTH_MS = 10_000;

interface Owner extends ProcessIdentity {
  readonly runId: string;
  readonly runDirectory: string;
}

/** What a killed run had left, and is now gone. */
export interface Leftover {
  readonly runId: string;
  readonly runDirectory: string;
  readonly processes: readonly number[];
}

/** The private directory of one run: broker data, and the list of the processes it started. */
export class Scratch {
  private constructor(
    readonly directory: string,
    private readonly runId: string,
  ) {}

  static create(runId: string, runDirectory: string): Scratch {
    const directory = join(scratchRoot(), runId);
    // Others may pass through, not look: a broker that refuses root runs as another user.
    mkdirSync(directory, { recursive: true, mode: 0o711 });
    const owner: Owner = { runId, runDirectory, pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0 };
    writeFileSync(join(directory, OWNER_FILE), JSON.stringify(owner));
    return new Scratch(directory, runId);
  }

  /** Environment that marks a child as this run's. */
  get env(): Record<string, string> {
    return { HAVOQ_RUN: this.runId };
  }

  /** Makes a directory for one of the run's processes. */
  subdirectory(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Notes a process, so that a later havoq can end it if this one is killed. */
  readonly register = (pid: number): void => {
    const startTicks = startTicksOf(pid);
    if (startTicks !== null) {
      appendFileSync(join(this.directory, PROCESSES_FILE), `${JSON.stringify({ pid, startTicks })}\n`);
    }
  };

  /** Notes that the run makes containers, so that a later havoq looks for them if this one is killed. */
  noteContainers(): void {
    writeFileSync(join(this.directory, CONTAINERS_FILE), "");
  }

  /** Ends what still runs and removes the directory. */
  async remove(): Promise<void> {
    await endProcesses(this.directory, this.runId);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Ends and removes what runs left whose havoq is gone. */
export async function cleanLeftovers(): Promise<Leftover[]> {
  const cleaned: Leftover[] = [];
  const dead = deadRuns();
  const containers = dead.some(({ directory }) => existsSync(join(directory, CONTAINERS_FILE)));
  const reason = containers ? await removeAbandonedContainers() : null;
  for (const { directory, runId, owner } of dead) {
    const processes = await endProcesses(directory, runId);
    // While no engine answers, what is in it can't be removed, and has to be remembered.
    if (reason !== null && existsSync(join(directory, CONTAINERS_FILE))) continue;
    rmSync(directory, { recursive: true, force: true });
    cleaned.push({ runId, runDirectory: owner?.runDirectory ?? "", processes });
  }
  return cleaned;
}

/** Removes what dead runs left in the Docker engine; answers why it could not, or `null`. */
export async function removeAbandonedContainers(): Promise<string | null> {
  // Docker's client is loaded only where it is used.
  const { removeAbandoned } = await import("../hosts/container/labels.js");
  const result = await removeAbandoned();
  return "reason" in result ? result.reason : null;
}

function deadRuns(): { directory: string; runId: string; owner: Owner | null }[] {
  if (!existsSync(scratchRoot())) return [];
  return readdirSync(scratchRoot()).flatMap((runId) => {
    const directory = join(scratchRoot(), runId);
    const owner = readOwner(directory);
    const dead = owner ? !isAlive(owner) : Date.now() - statSync(directory).mtimeMs > BIRTH_MS;
    return dead ? [{ directory, runId, owner }] : [];
  });
}

function readOwner(directory: string): Owner | null {
  try {
    return JSON.parse(readFileSync(join(directory, OWNER_FILE), "utf8")) as Owner;
  } catch {
    return null;
  }
}

/** Registered processes, and unregistered ones that bear the run's marks; answers with the numbers of those that ran. */
async function endProcesses(directory: string, runId: string): Promise<number[]> {
  const found = new Map<number, ProcessIdentity>();
  for (const identity of registered(directory)) if (isAlive(identity)) found.set(identity.pid, identity);
  for (const pid of processesMarked(directory, `HAVOQ_RUN=${runId}`)) {
    const startTicks = startTicksOf(pid);
    if (startTicks !== null) found.set(pid, { pid, startTicks });
  }
  await Promise.all([...found.values()].map((identity) => killAndWait(identity)));
  return [...found.keys()];
}

function registered(directory: string): ProcessIdentity[] {
  const file = join(directory, PROCESSES_FILE);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as ProcessIdentity];
      } catch {
        return [];
      }
    });
}
