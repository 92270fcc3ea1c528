import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { descendantsOf, signal } from "../../os/processes.js";
import type { BrokerRecipe, ContainerSpec, Endpoint, Limits, NodePorts } from "../../spi/broker.js";
import { sleep, within } from "../../time.js";
import { type BrokerNode, BrokerStartError } from "../broker.js";
import { tailOf } from "../log-tail.js";
import { HEAL_GRACE_MS, untilReady } from "../ready.js";
import { BrokerContainer, engineLimits } from "./broker-container.js";
import { type Engine, ifGone } from "./engine.js";

/** What a broker in a container is started with. */
export interface ContainerNodeRequest {
  readonly engine: Engine;
  readonly image: string;
  readonly spec: ContainerSpec;
  readonly ports: NodePorts;
  /** All ports to publish, that of the clients among them. */
  readonly published: readonly number[];
  /** Of the container and of its volume. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly ryuk: boolean;
  readonly logFile: string;
  readonly signal: AbortSignal | undefined;
  readonly onUnexpectedExit?: ((text: string) => void) | undefined;
}

type Container = ReturnType<Engine["getContainer"]>;

const STOP_SECONDS = 10;
const FREEZE_ATTEMPTS = 20;
const FREEZE_PAUSE_MS = 50;
/** Time that the last words of a broker may take to come. */
const LOG_DEADLINE_MS = 5000;
/** The network that every container is on when nothing else is said. */
const NETWORK = "bridge";

/** A broker in a container: killed, paused and started again, always on the same ports and volume. */
export class ContainerNode implements BrokerNode {
  readonly endpoint: Endpoint;
  version = "";
  pid: number | null = null;
  private container: Container | null = null;
  private running = false;
  /** Whether it is meant to run; an end meanwhile is nobody's wish. */
  private wanted = false;
  private connected = true;
  /** Resolves when all that it printed since its last start is written down. */
  private logged: Promise<void> = Promise.resolve();

  private constructor(
    private readonly recipe: BrokerRecipe,
    private readonly request: ContainerNodeRequest,
  ) {
    this.endpoint = { host: "127.0.0.1", port: request.ports.client };
  }

  /** Starts a container and resolves when the broker in it answers; throws `BrokerStartError`, and then leaves nothing behind. */
  static async start(recipe: BrokerRecipe, request: ContainerNodeRequest): Promise<ContainerNode> {
    const node = new ContainerNode(recipe, request);
    try {
      await node.start();
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
    return node;
  }

  async start(): Promise<void> {
    if (this.running) return;
    try {
      const loggedUntil = this.container ? await endOf(this.container) : 0;
      if (this.container) await this.container.start();
      else this.container = await this.create();
      await this.untilReady(this.container, loggedUntil);
    } catch (error) {
      await within(LOG_DEADLINE_MS, this.logged);
      throw this.startError(error instanceof Error ? error.message : String(error));
    }
    this.wanted = true;
  }

  async kill(): Promise<void> {
    const container = this.runningContainer();
    this.wanted = false;
    // The engine kills the first process, then thaws a frozen container: a child could answer once more. Where havoq may,
    // it kills the children too.
    for (const pid of this.pid === null ? [] : descendantsOf(this.pid)) signal(pid, "SIGKILL");
    await container.kill({ signal: "SIGKILL" }).catch(async (error: unknown) => {
      // Without its children the first process may have ended before the engine came to it.
      if ((await container.inspect()).State.Running) throw error;
    });
    await this.ended(container);
  }

  async stop(): Promise<void> {
    const container = this.runningContainer();
    this.wanted = false;
    await this.resume();
    await container.stop({ t: STOP_SECONDS });
    await this.ended(container);
  }

  /** Frozen by the kernel; throws when it can't be. */
  async pause(): Promise<void> {
    const container = this.runningContainer();
    for (let attempt = 1; ; attempt++) {
      try {
        await container.pause();
        return;
      } catch (error) {
        // The kernel's freezer gives up on a busy server now and then ("unable to freeze"), and leaves it running.
        if (attempt === FREEZE_ATTEMPTS || !this.running) throw error;
      }
      await sleep(FREEZE_PAUSE_MS);
    }
  }

  async resume(): Promise<void> {
    if (this.running && this.container && (await isPaused(this.container))) await this.container.unpause();
  }

  async loseDisk(): Promise<void> {
    if (this.running) throw new Error(`${this.request.name} still runs`);
    await this.remove();
  }

  async limit(limits: Limits | null): Promise<void> {
    const { cpu, memory } = this.request.limits;
    await this.container?.update(engineLimits({ cpu: limits?.cpu ?? cpu, memory: limits?.memory ?? memory }));
  }

  async disconnect(): Promise<void> {
    const { id } = this.runningContainer();
    await this.request.engine.getNetwork(NETWORK).disconnect({ Container: id, Force: true });
    this.connected = false;
  }

  async reconnect(): Promise<void> {
    if (this.connected || !this.container) return;
    await this.request.engine.getNetwork(NETWORK).connect({ Container: this.container.id });
    this.connected = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.wanted = false;
    await this.remove();
  }

  private async create(): Promise<Container> {
    const { engine, image, name, labels, spec, published, limits, ryuk } = this.request;
    await engine.createVolume({ Name: name, Labels: { ...labels } });
    const made = new BrokerContainer(image, { name, labels, spec, ports: published, volume: name, limits, ryuk });
    try {
      const started = await made.start();
      return engine.getContainer(started.getId());
    } catch (error) {
      // What began and ended at once never had its ports published, and testcontainers says that of it.
      const container = made.id === null ? null : engine.getContainer(made.id);
      this.container = container;
      const state = container === null ? null : (await container.inspect()).State;
      if (!container || state?.Status !== "exited") throw error;
      this.followLog(container, 0);
      throw new Error(endedEarly(state.ExitCode));
    }
  }

  /** Waits for the broker, and from then on for its end. */
  private async untilReady(container: Container, loggedUntil: number): Promise<void> {
    const { State } = await container.inspect();
    this.pid = visiblePid(container.id, State.Pid);
    this.running = State.Running;
    let exitCode: number | null = State.Running ? null : State.ExitCode;
    const exited = container.wait().then(({ StatusCode }: { StatusCode: number }) => {
      exitCode = StatusCode;
      this.onExit(StatusCode);
    });
    exited.catch(() => {});
    this.followLog(container, loggedUntil);
    const failed = () => (exitCode === null ? null : endedEarly(exitCode));
    const probe = () => this.recipe.server.probe(this.endpoint, "broker");
    const { signal } = this.request;
    const graceMs = this.version === "" ? 0 : HEAL_GRACE_MS;
    const said = await untilReady({ probe, failed, exited: exited.catch(() => {}), signal, graceMs });
    this.version = said ?? `${this.recipe.name} of image ${this.request.image}`;
  }

  private onExit(code: number): void {
    this.running = false;
    this.pid = null;
    if (!this.wanted) return;
    this.wanted = false;
    this.request.onUnexpectedExit?.(`${this.recipe.name} ended with exit code ${code} although nobody asked for it`);
  }

  private async ended(container: Container): Promise<void> {
    await container.wait();
    this.running = false;
    this.pid = null;
  }

  /**
   * Writes down what it prints after a moment (Unix time in s), until it ends. That of its start would not do: the engine
   * may say that the first words are older.
   */
  private followLog(container: Container, since: number): void {
    const options = { follow: true, stdout: true, stderr: true, since } as const;
    const file = createWriteStream(this.request.logFile, { flags: "a" });
    // On a full disk the log ends; the run goes on or is ended by what it must write itself.
    file.on("error", () => {});
    this.logged = container.logs(options).then(
      async (stream) => {
        container.modem.demuxStream(stream, file, file);
        await once(stream, "end").catch(() => {});
        await new Promise<void>((resolve) => file.end(resolve));
      },
      () => file.close(),
    );
  }

  private async remove(): Promise<void> {
    const { engine, name } = this.request;
    await this.container?.remove({ force: true, v: true }).catch(ifGone);
    this.container = null;
    this.running = false;
    this.connected = true;
    await engine.getVolume(name).remove().catch(ifGone);
  }

  private runningContainer(): Container {
    if (!this.container || !this.running) throw new Error(`${this.recipe.name} is not running`);
    return this.container;
  }

  private startError(why: string): BrokerStartError {
    const { image, spec, logFile } = this.request;
    const command = ["docker run", image, ...spec.command].join(" ");
    return new BrokerStartError(this.recipe.name, why, command, tailOf(logFile));
  }
}

const endedEarly = (code: number) => `ended with exit code ${code} before it was ready`;

/** When it ended last, Unix time in s. */
async function endOf(container: Container): Promise<number> {
  return Date.parse((await container.inspect()).State.FinishedAt) / 1000;
}

async function isPaused(container: Container): Promise<boolean> {
  return (await container.inspect()).State.Paused;
}

/** The container's first process, if it can be seen from here: an engine in a virtual machine counts its own. */
function visiblePid(id: string, pid: number): number | null {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "latin1").includes(id) ? pid : null;
  } catch {
    return null;
  }
}
