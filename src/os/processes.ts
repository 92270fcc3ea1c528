import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sleep } from "../time.js";

/** What tells one process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat). */
  readonly startTicks: number;
}

/** CPU and memory of a process. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** Bytes that storage was asked to read and to write, the page cache left out; `null` where that can't be seen. */
  readonly io: { readonly readBytes: number; readonly writtenBytes: number } | null;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** The fields of /proc/PID/stat from the state on (field 3); `null` when there is no such process, or only a zombie. */
function statFields(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? null : fields;
  } catch {
    return null;
  }
}

/** Start time of a live process, or `null`. */
export function startTicksOf(pid: number): number | null {
  const fields = statFields(pid);
  return fields ? Number(fields[19]) : null;
}

/** Whether exactly this process still runs. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return startTicksOf(pid) === startTicks;
}

/** Whether a process stands still (SIGSTOP), or is gone. */
export function isStopped(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return state === undefined || state === "T";
}

/** CPU time used so far and resident memory, without block I/O, or `null` when the process is gone. */
export function usageOf(pid: number, withEndedChildren = false): ProcessUsage | null {
  const fields = statFields(pid);
  if (!fields) return null;
  const ticks = (withEndedChildren ? [11, 12, 13, 14] : [11, 12]).reduce((sum, at) => sum + Number(fields[at]), 0);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    rssBytes: Number(fields[21]) * PAGE_BYTES,
    io: null,
  };
}

/** From /proc/PID/io, which only root and the process's own user may read. */
function ioOf(pid: number): ProcessUsage["io"] {
  try {
    const text = readFileSync(`/proc/${pid}/io`, "latin1");
    const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { readBytes: count("read_bytes"), writtenBytes: count("write_bytes") };
  } catch {
    return null;
  }
}

/** CPU, memory and block I/O of a process and its descendants, those that ended and were waited for included. */
export function usageOfTree(pid: number): ProcessUsage | null {
  const own = usageOf(pid, true);
  if (!own) return null;
  const pids = [pid, ...descendantsOf(pid)];
  const all = [own, ...pids.slice(1).flatMap((child) => usageOf(child, true) ?? [])];
  const io = pids.flatMap((each) => ioOf(each) ?? []);
  return {
    cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    rssBytes: all.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    io: io.length === 0 ? null : io.reduce(sumOf),
  };
}

const sumOf = (a: NonNullable<ProcessUsage["io"]>, b: NonNullable<ProcessUsage["io"]>) => ({
  readBytes: a.readBytes + b.readBytes,
  writtenBytes: a.writtenBytes + b.writtenBytes,
});

/** All children of a process, theirs included; a child that called setsid is still one. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const other of allPids()) {
    const parent = Number(statFields(other)?.[1] ?? Number.NaN);
    children.set(parent, [...(children.get(parent) ?? []), other]);
  }
  const found: number[] = [];
  const visit = (parent: number) => {
    for (const child of children.get(parent) ?? []) {
      found.push(child);
      visit(child);
    }
  };
  visit(pid);
  return found;
}

/** The process's parent, that one's parent, and so on. */
export function ancestorsOf(pid: number): number[] {
  const parent = Number(statFields(pid)?.[1] ?? 0);
  return parent === 0 ? [] : [parent, ...ancestorsOf(parent)];
}

/** Processes whose working directory is in `directory`, or whose environment holds `marker`. */
export function processesMarked(directory: string, marker: string): number[] {
  return allPids().filter((pid) => pid !== process.pid && bearsMark(pid, directory, marker));
}

/** Whether a process's working directory is in `directory`, or its environment holds `marker`. */
export function bearsMark(pid: number, directory: string, marker: string): boolean {
  return isBelow(directory, linkOf(`/proc/${pid}/cwd`)) || hasMarker(marker, pid);
}

/** Whether a process has a file in one of the directories open. */
export function holdsOpen(pid: number, directories: readonly string[]): boolean {
  try {
    const files = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return files.some((file) => directories.some((directory) => isBelow(directory, file)));
  } catch {
    return false;
  }
}

/** Processes by the name of their program, as the kernel has it (15 characters at most). */
export function processesNamed(names: readonly string[]): { readonly pid: number; readonly name: string }[] {
  return allPids().flatMap((pid) => {
    const name = commandName(pid);
    return name !== null && names.includes(name) ? [{ pid, name }] : [];
  });
}

function commandName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").trim();
  } catch {
    return null;
  }
}

/** Sends SIGKILL (and SIGCONT, for one that was stopped) and waits until the process is gone. */
export async function killAndWait(identity: ProcessIdentity, deadlineMs = 5000): Promise<void> {
  const until = performance.now() + deadlineMs;
  while (isAlive(identity) && performance.now() < until) {
    signal(identity.pid, "SIGKILL");
    signal(identity.pid, "SIGCONT");
    await sleep(20);
  }
}

/** Sends a signal; answers whether there was a process to take it. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

const isBelow = (directory: string, path: string | null): boolean =>
  path !== null && (path === directory || path.startsWith(`${directory}/`));

function hasMarker(marker: string, pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(marker);
  } catch {
    return false;
  }
}
