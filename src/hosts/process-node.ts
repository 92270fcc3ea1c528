import { randomUUID } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { killAllAndWait, processesMarked } from "../os/processes.js";
import type { BrokerRecipe, Endpoint, LaunchRequest, LaunchSpec, Located, ProcessHost } from "../spi/broker.js";
import { type BrokerNode, BrokerStartError } from "./broker.js";
import { Child, type Exit } from "./child.js";
import { listensOn } from "./listener.js";
import { tailOf } from "./log-tail.js";
import type { OpenRequest } from "./open-request.js";
import { isPortFree } from "./ports.js";
import { HEAL_GRACE_MS, untilReady } from "./ready.js";

const TERM_DEADLINE_MS = 10_000;
const KILL_DEADLINE_MS = 5000;
/** Name of an environment variable. */
const MARKER = "HAVOQ_BROKER";
const PORT_TAKEN = /EADDRINUSE|address already in use/i;

/** What a broker process is started with. */
interface NodeRequest extends OpenRequest, Pick<LaunchRequest<unknown>, "node" | "nodes"> {
  readonly kind: ProcessHost;
  readonly located: Located;
  /** Private to the node; exists. */
  readonly dir: string;
}

/** A broker (or a node of one) as a child process: killed, frozen and started again, always on the same ports and data. */
export class ProcessNode implements BrokerNode {
  readonly endpoint: Endpoint;
  version = "";
  /** In the environment of whatever the node starts, daemons included. */
  private readonly mark = randomUUID();
  private child: Child | null = null;
  private starting: Promise<void> | null = null;
  /** Whether the process is meant to run; an exit meanwhile is nobody's wish. */
  private wanted = false;
  private disposed = false;
  private wasReady = false;

  private constructor(
    private readonly recipe: BrokerRecipe,
    private readonly request: NodeRequest,
  ) {
    this.endpoint = { host: "127.0.0.1", port: this.port };
  }

  /** Starts a node and resolves when it answers; throws `BrokerStartError`, and then leaves no process behind. */
  static async start(recipe: BrokerRecipe, request: NodeRequest): Promise<ProcessNode> {
    const node = new ProcessNode(recipe, request);
    try {
      await node.start();
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
    return node;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  logTail(): string {
    return tailOf(this.request.logFile);
  }

  async start(): Promise<void> {
    if (this.disposed) throw new Error(`${this.name} was disposed of`);
    this.starting ??= this.launch().finally(() => {
      this.starting = null;
    });
    await this.starting;
  }

  async kill(): Promise<void> {
    const child = this.running();
    this.wanted = false;
    if (!(await child.kill(KILL_DEADLINE_MS))) throw new Error(`pid ${child.pid} survived SIGKILL`);
  }

  async stop(): Promise<void> {
    const child = this.running();
    this.wanted = false;
    // A stopped process takes a SIGTERM only once it runs again.
    await child.resume();
    if (!(await child.terminate(TERM_DEADLINE_MS))) await this.kill();
  }

  async pause(): Promise<void> {
    await this.running().pause();
  }

  async resume(): Promise<void> {
    await this.child?.resume();
  }

  async loseDisk(): Promise<void> {
    if (this.pid !== null) throw new Error(`${this.name} still runs`);
    const { dir } = this.request;
    for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    // A launch that is under way sees the flag and ends its own process.
    await this.starting?.catch(() => {});
    if (this.pid !== null) await this.stop();
    this.child?.sweepGroup();
    await this.endMarked();
  }

  /** Ends daemons that the broker started and that outlived it, such as Erlang's port mapper. */
  private async endMarked(): Promise<void> {
    if (!this.child) return;
    const left = processesMarked(MARKER, `${MARKER}=${this.mark}`);
    await killAllAndWait(left);
  }

  private get port(): number {
    const { node, nodes } = this.request;
    return nodes[node]?.client ?? 0;
  }

  /** For a person: the node's own name only where there are several. */
  private get name(): string {
    const { node, nodes } = this.request;
    return Object.keys(nodes).length > 1 ? `${this.recipe.name} ${node}` : this.recipe.name;
  }

  private running(): Child {
    if (!this.child || this.child.exit !== null) throw new Error(`${this.name} is not running`);
    return this.child;
  }

  private async launch(): Promise<void> {
    if (this.pid !== null) return;
    const { dir, kind: host, node, nodes, settings, located, env, logFile, onSpawn, sides = null } = this.request;
    const { port } = this;
    const own = this.recipe.process;
    if (!own) throw new Error(`${this.name} does not run as a process`);
    const spec = await own.launch({ dir, host, node, port, nodes, sides, settings, located });
    // Or the probe would take somebody else's broker on this port for ours.
    if (!(await isPortFree(port))) throw this.startError(spec, portTaken(port));
    const child = new Child(spec, { cwd: dir, env: { ...env, [MARKER]: this.mark }, logFile });
    this.child = child;
    if (child.pid !== null) onSpawn(child.pid);
    try {
      this.version = await this.untilReady(child, spec);
    } catch (error) {
      await child.kill(KILL_DEADLINE_MS);
      throw error;
    }
    this.wanted = true;
    this.wasReady = true;
    void child.exited.then((exit) => {
      if (this.wanted && this.child === child) this.unexpected(exit);
    });
  }

  private async untilReady(child: Child, spec: LaunchSpec): Promise<string> {
    const failed = () => {
      if (child.exit !== null) return this.whyEnded(child.exit);
      return this.disposed ? "was ended while it started" : null;
    };
    try {
      const { signal } = this.request;
      const graceMs = this.wasReady ? HEAL_GRACE_MS : 0;
      const { exited } = child;
      const said = await untilReady({ probe: () => this.probe(child), failed, exited, signal, graceMs });
      const { version, what } = this.request.located;
      return said ?? version ?? what;
    } catch (error) {
      throw this.startError(spec, error instanceof Error ? error.message : String(error));
    }
  }

  /** An answer counts only if it is this process that listens: faults are aimed at its pid. */
  private async probe(child: Child): Promise<string | null> {
    const { port } = this.endpoint;
    const version = await this.recipe.server.probe(this.endpoint, this.request.node);
    if (child.pid !== null && !listensOn(child.pid, port)) {
      throw new Error(`another process than the one that was started (pid ${child.pid}) answers on port ${port}`);
    }
    return version;
  }

  private whyEnded(exit: Exit): string {
    if (exit.error) return `could not be run: ${exit.error.message}`;
    const taken = PORT_TAKEN.test(this.logTail()) ? `: ${portTaken(this.port)}` : "";
    return `${describeExit(exit)} before it was ready${taken}`;
  }

  private startError(spec: LaunchSpec, why: string): BrokerStartError {
    return new BrokerStartError(this.name, why, [spec.file, ...spec.args].map(quoted).join(" "), this.logTail());
  }

  private unexpected(exit: Exit): void {
    this.wanted = false;
    this.request.onUnexpectedExit?.(`${this.name} ${describeExit(exit)} although nobody asked for it`);
  }
}

const portTaken = (port: number) => `port ${port} is taken by another program`;

const describeExit = ({ code, signal }: Exit) =>
  signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
