import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programFile } from "../../package.js";
import { type PipedProcess, ProxyChannel } from "./channel.js";
import type { CutEvent, EffectSpec, FaultSide, ProxyStats, Side, Upstream } from "./protocol.js";

/** Time that the proxy has for each answer, its start included, and for its end. */
const DEADLINE_MS = 10_000;

/** How the proxy process is started. */
export interface StartProxyOptions {
  /** The program; the one of the build by default. */
  readonly entry?: URL;
  /** The whole environment of the process; havoq's own by default. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Milliseconds that the proxy has for each answer; 10,000 by default. */
  readonly deadlineMs?: number;
  /** Called with the process id as soon as there is one, before anything can go wrong. */
  readonly onSpawn?: (pid: number) => void;
  /** Told of every connection that a fault ended. */
  readonly onCut?: (event: CutEvent) => void;
}

/** A running proxy process. Every call throws when the process does not answer in time, refuses, or is gone. */
export interface ProxyHandle extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process is gone, to a sentence that says how it ended and what it printed; never rejects. */
  readonly ended: Promise<string>;
  /** Opens a port on 127.0.0.1 for one side and answers with it; `external` allows an upstream beyond loopback. */
  listen(side: Side, upstream: Upstream, seed: number, options?: { readonly external?: boolean }): Promise<number>;
  /** Injects a fault; answers with the time at which it was in force, on CLOCK_MONOTONIC in nanoseconds. */
  inject(fault: string, side: FaultSide, effect: EffectSpec): Promise<bigint>;
  /** Heals a fault; answers with the time at which that was done, on CLOCK_MONOTONIC in nanoseconds. */
  heal(fault: string): Promise<bigint>;
  stats(): Promise<ProxyStats>;
  /** Ends the process, if need be with SIGKILL; may be called again. */
  close(): Promise<void>;
}

/** Starts the fault proxy as a process of its own and waits until it answers. Throws when it does not. */
export async function startProxy(options: StartProxyOptions = {}): Promise<ProxyHandle> {
  const entry = options.entry === undefined ? programFile("proxy") : fileURLToPath(options.entry);
  const { env = process.env, cwd = process.cwd(), deadlineMs = DEADLINE_MS, onCut = () => {} } = options;
  const child = spawn(process.execPath, [entry], { stdio: ["pipe", "pipe", "pipe"], env, cwd });
  if (child.pid === undefined) {
    const [cause] = await once(child, "error");
    throw new Error(`fault proxy: ${process.execPath} could not be started in ${cwd}`, { cause });
  }
  const handle = new ProxyProcess(child, child.pid, deadlineMs, onCut);
  try {
    options.onSpawn?.(child.pid);
    await handle.stats();
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}

class ProxyProcess implements ProxyHandle {
  readonly pid: number;
  readonly ended: Promise<string>;
  readonly #child: PipedProcess;
  readonly #channel: ProxyChannel;
  readonly #deadlineMs: number;

  constructor(child: PipedProcess, pid: number, deadlineMs: number, onCut: (event: CutEvent) => void) {
    this.pid = pid;
    this.#child = child;
    this.#deadlineMs = deadlineMs;
    this.#channel = new ProxyChannel(child, deadlineMs, onCut);
    this.ended = this.#channel.ended;
  }

  async listen(side: Side, upstream: Upstream, seed: number, { external = false } = {}): Promise<number> {
    const { host, port } = upstream;
    const command = { type: "listen", side, upstream: { host, port }, seed, external };
    return (await this.#channel.request(command, "listening")).port;
  }

  async inject(fault: string, side: FaultSide, effect: EffectSpec): Promise<bigint> {
    return BigInt((await this.#channel.request({ type: "inject", fault, side, effect }, "injected")).atNs);
  }

  async heal(fault: string): Promise<bigint> {
    return BigInt((await this.#channel.request({ type: "heal", fault }, "healed")).atNs);
  }

  async stats(): Promise<ProxyStats> {
    const { faults, listeners } = await this.#channel.request({ type: "stats" }, "stats");
    return { faults, listeners };
  }

  async close(): Promise<void> {
    // The end of stdin ends the process, whatever it is at.
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), this.#deadlineMs);
    await this.ended;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
