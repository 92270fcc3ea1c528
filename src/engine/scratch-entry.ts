/** What a run's scratch directory says of itself, read with distrust. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, join } from "node:path";
import * as z from "zod";
import { type PlacedIdentity, placedIdentitySchema, whereaboutsOf } from "../os/identity.js";
import { ancestorsOf, bearsMark, holdsOpen, killAndWait, processesMarked, startTicksOf } from "../os/processes.js";

/** Name of the file that says whose run it is. */
export const OWNER_FILE = "owner.json";
/** Name of the file that lists the processes of the run, one JSON object a line. */
export const PROCESSES_FILE = "processes.ndjson";
/** There when the run made containers. */
export const CONTAINERS_FILE = "containers";
/** In the environment of all that a run starts. */
export const RUN_VARIABLE = "HAVOQ_RUN";

const MAX_FILE_BYTES = 16 * 2 ** 20;

const ownerSchema = placedIdentitySchema.extend({
  runId: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
  runDirectory: z.string().startsWith("/"),
});

/** The process of havoq whose run it is. */
export type Owner = z.infer<typeof ownerSchema>;

/** The owner that a scratch directory names; or a sentence that says why it is not one of havoq's. */
export function ownerOf(directory: string): Owner | string {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (!found?.isDirectory() || found.uid !== userInfo().uid) return "it is no folder of this user";
  const text = readOwn(join(directory, OWNER_FILE));
  if (text === null) return `it has no ${OWNER_FILE} of this user`;
  const owner = ownerSchema.safeParse(jsonOf(text));
  if (!owner.success) return `its ${OWNER_FILE} is not one that this havoq writes`;
  const names = [owner.data.runId, `${owner.data.runId}.new`];
  return names.includes(basename(directory)) ? owner.data : `its ${OWNER_FILE} names another run`;
}

/** Whether the run made containers. */
export const madeContainers = (directory: string): boolean => readOwn(join(directory, CONTAINERS_FILE)) !== null;

/**
 * Ends the processes that bear the run's mark: in the environment, by their working directory, or, for those that the run
 * wrote down, by a file of the run that they hold open. Answers with the numbers of those that ran.
 */
export async function endProcesses(directory: string, { runId, runDirectory }: Owner): Promise<number[]> {
  const marker = `${RUN_VARIABLE}=${runId}`;
  const written = registered(directory)
    .filter((identity) => whereaboutsOf(identity) === "alive")
    .map(({ pid }) => pid)
    .filter((pid) => bearsMark(pid, directory, marker) || holdsOpen(pid, [directory, runDirectory]));
  // A shell that stands in the folder, and from which havoq was called, goes on.
  const spared = new Set([process.pid, ...ancestorsOf(process.pid)]);
  const pids = [...new Set([...written, ...processesMarked(directory, marker)])].filter((pid) => !spared.has(pid));
  const identities = pids.flatMap((pid) => {
    const startTicks = startTicksOf(pid);
    return startTicks === null ? [] : [{ pid, startTicks }];
  });
  await Promise.all(identities.map((identity) => killAndWait(identity)));
  return identities.map(({ pid }) => pid);
}

function registered(directory: string): PlacedIdentity[] {
  const lines = readOwn(join(directory, PROCESSES_FILE))?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const identity = placedIdentitySchema.safeParse(jsonOf(line));
    return identity.success ? [identity.data] : [];
  });
}

/** Text of a plain file of this user, `null` for anything else; a link is not followed, and a pipe does not hold us up. */
function readOwn(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const found = fstatSync(file);
    const mine = found.isFile() && found.uid === userInfo().uid && found.size <= MAX_FILE_BYTES;
    return mine ? readFileSync(file, "utf8") : null;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
