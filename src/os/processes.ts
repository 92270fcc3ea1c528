import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sleep } from "../time.js";
import { type BlockIo, blockIoOf } from "./block-io.js";

/** What tells one process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot (field 22 of /proc/PID/stat). */
  readonly startTicks: number;
}

/** CPU and memory of a process. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Resident; of several processes, what they share is counted once. */
  readonly memoryBytes: number;
  /** `null` where it was not asked for or can't be seen. */
  readonly io: BlockIo | null;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** Share of a tree's memory below which it is of no account that some of it may be shared. */
const LEAST_SHARED = 0.05;

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

/** Whether a process stands still (SIGSTOP). */
export const isFrozen = (pid: number): boolean => statFields(pid)?.[0] === "T";

/** Whether a process stands still (SIGSTOP), or is gone. */
export const isStopped = (pid: number): boolean => statFields(pid) === null || isFrozen(pid);

/** CPU time used so far and resident memory, without block I/O, or `null` when the process is gone. */
export function usageOf(pid: number, withEndedChildren = false): ProcessUsage | null {
  const fields = statFields(pid);
  if (!fields) return null;
  const ticks = (withEndedChildren ? [11, 12, 13, 14] : [11, 12]).reduce((sum, at) => sum + Number(fields[at]), 0);
  return {
    cpuSeconds: ticks / TICKS_PER_SECOND,
    memoryBytes: Number(fields[21]) * PAGE_BYTES,
    io: null,
  };
}

/**
 * CPU, memory and, where asked for, block I/O of a process and its descendants, those that ended and were waited for
 * included. What several processes share is counted once: the memory is the sum of their proportional set sizes.
 */
export function usageOfTree(pid: number, withIo: boolean): ProcessUsage | null {
  const own = usageOf(pid, true);
  if (!own) return null;
  const pids = [pid, ...descendantsOf(pid)];
  const all = [own, ...pids.slice(1).flatMap((child) => usageOf(child, true) ?? [])];
  const io = withIo ? pids.flatMap((each) => blockIoOf(each) ?? []) : [];
  return {
    cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    memoryBytes: memoryOf(pids, all),
    io: io.length === 0 ? null : io.reduce(sumOf),
  };
}

const sumOf = (a: BlockIo, b: BlockIo): BlockIo => ({
  readBytes: a.readBytes + b.readBytes,
  writtenBytes: a.writtenBytes + b.writtenBytes,
});

/** The sum of what is resident, unless a good part of it may be shared: the kernel walks the page tables to tell. */
function memoryOf(pids: readonly number[], all: readonly ProcessUsage[]): number {
  const resident = all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const largest = Math.max(...all.map(({ memoryBytes }) => memoryBytes));
  if (resident - largest < LEAST_SHARED * resident) return resident;
  const sizes = pids.map(proportionalBytes);
  return sizes.every((size) => size !== null) ? sizes.reduce((sum, size) => sum + size, 0) : resident;
}

/** From /proc/PID/smaps_rollup, which only root and the process's own user may read; 0 for a process that has ended. */
function proportionalBytes(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
    return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return statFields(pid) === null ? 0 : null;
  }
}

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

/** Name of a process's program, as the kernel has it; `null` when it is gone. */
export function commandName(pid: number): string | null {
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

/** The same for several at once, each the process that has this number now. */
export async function killAllAndWait(pids: readonly number[]): Promise<void> {
  await Promise.all(pids.map((pid) => killAndWait({ pid, startTicks: startTicksOf(pid) ?? 0 })));
}

const FREEZE_DEADLINE_MS = 2000;

/** SIGSTOP to a process and all its descendants; resolves when the kernel reports all as stopped, throws when it does not. */
export async function freezeTree(pid: number): Promise<readonly number[]> {
  const until = performance.now() + FREEZE_DEADLINE_MS;
  for (;;) {
    // Again each time: one that was not stopped yet may have made another.
    const tree = [pid, ...descendantsOf(pid)];
    if (statFields(pid) === null) throw new Error(`process ${pid} is gone`);
    if (tree.every(isStopped)) return tree;
    if (performance.now() > until) throw new Error(`process ${pid} did not stop on SIGSTOP`);
    for (const each of tree) signal(each, "SIGSTOP");
    await sleep(1);
  }
}

/** SIGCONT to a process and all its descendants, children first; throws when one of them stands still after it. */
export async function thawTree(pid: number): Promise<void> {
  const until = performance.now() + FREEZE_DEADLINE_MS;
  for (;;) {
    const frozen = [...descendantsOf(pid).reverse(), pid].filter(isFrozen);
    if (frozen.length === 0) return;
    if (performance.now() > until) throw new Error(`process ${frozen.join(", ")} did not go on after SIGCONT`);
    for (const each of frozen) signal(each, "SIGCONT");
    await sleep(1);
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
