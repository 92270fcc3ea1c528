import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { whereaboutsOf } from "../os/identity.js";
import { endProcesses, madeContainers, type Owner, ownerOf } from "./scratch-entry.js";
import { scratchRoot, untrustedSentence, whyUntrusted } from "./scratch-root.js";

/** What a killed run had left, and is now gone. */
export interface Leftover {
  readonly runId: string;
  readonly runDirectory: string;
  readonly processes: readonly number[];
}

/** What a look for leftovers did. */
export interface Sweep {
  readonly removed: readonly Leftover[];
  /** Sentences: what should have been done and could not be. */
  readonly problems: readonly string[];
  /** Sentences: entries of the scratch root that were not touched, and why; those of runs that go on are not among them. */
  readonly leftAlone: readonly string[];
}

interface DeadRun {
  readonly directory: string;
  readonly owner: Owner;
}

/** Ends and removes what runs left whose havoq is gone; whatever else lies in the scratch root is not touched. Never throws. */
export async function cleanLeftovers(): Promise<Sweep> {
  const root = scratchRoot();
  const reason = whyUntrusted(root);
  if (reason !== null) {
    const problem = `${untrustedSentence(root, reason)}; it was not searched for what killed runs left`;
    return { removed: [], problems: [problem], leftAlone: [] };
  }
  const { dead, leftAlone } = look(root);
  const containers = dead.some(({ directory }) => madeContainers(directory));
  // While no engine answers, what is in it can't be removed, and has to be remembered.
  const noEngine = containers && (await removeAbandonedContainers()) !== null;
  const removed: Leftover[] = [];
  const problems: string[] = [];
  for (const { directory, owner } of dead) {
    try {
      const processes = await endProcesses(directory, owner);
      if (noEngine && madeContainers(directory)) continue;
      rmSync(directory, { recursive: true, force: true });
      removed.push({ runId: owner.runId, runDirectory: owner.runDirectory, processes });
    } catch (error) {
      problems.push(`${directory} could not be removed: ${textOf(error)}`);
    }
  }
  return { removed, problems, leftAlone };
}

/** Removes what dead runs left in the Docker engine; answers why it could not, or `null`. */
export async function removeAbandonedContainers(): Promise<string | null> {
  try {
    // Docker's client is loaded only where it is used.
    const { removeAbandoned } = await import("../hosts/container/labels.js");
    const result = await removeAbandoned();
    return "reason" in result ? result.reason : null;
  } catch (error) {
    return textOf(error);
  }
}

/** The owners of the runs of this user that go on, here or elsewhere. */
export function livingRuns(): Owner[] {
  const root = scratchRoot();
  if (whyUntrusted(root) !== null) return [];
  const owners = namesIn(root).map((name) => ownerOf(join(root, name)));
  return owners.flatMap((owner) => (typeof owner !== "string" && whereaboutsOf(owner) === "alive" ? [owner] : []));
}

function look(root: string): { dead: DeadRun[]; leftAlone: string[] } {
  const dead: DeadRun[] = [];
  const leftAlone: string[] = [];
  for (const name of namesIn(root)) {
    const directory = join(root, name);
    const owner = ownerOf(directory);
    if (typeof owner === "string") {
      leftAlone.push(`${directory}: ${owner}`);
      continue;
    }
    const whereabouts = whereaboutsOf(owner);
    if (whereabouts === "gone") dead.push({ directory, owner });
    if (whereabouts === "elsewhere")
      leftAlone.push(`${directory}: its havoq ran in another PID namespace (a container) or on another machine`);
  }
  return { dead, leftAlone };
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root).sort();
  } catch {
    return [];
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
