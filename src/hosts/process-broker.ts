import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrokerRecipe, Endpoint, HostKind, Located, NodePorts } from "../spi/broker.js";
import type { Broker } from "./broker.js";
import { tailOf } from "./log-tail.js";
import type { OpenRequest } from "./open.js";
import { freePort } from "./ports.js";
import { ProcessNode } from "./process-node.js";

/** What a broker of processes is started with. */
export interface ProcessBrokerRequest extends OpenRequest {
  readonly kind: Exclude<HostKind, "external">;
  readonly located: Located;
  readonly nodes: Readonly<Record<string, NodePorts>>;
}

/** Chooses free loopback ports for each node of a broker; the first node gets `first`, if one is given. */
export async function choosePorts(
  recipe: BrokerRecipe,
  settings: unknown,
  first?: number,
): Promise<Readonly<Record<string, NodePorts>>> {
  const names = recipe.nodes?.(settings) ?? ["broker"];
  const nodes: Record<string, NodePorts> = {};
  const chosen = new Set(first === undefined ? [] : [first]);
  const another = async () => {
    for (;;) {
      const port = await freePort();
      if (chosen.has(port)) continue;
      chosen.add(port);
      return port;
    }
  };
  for (const [index, name] of names.entries()) {
    const extra: Record<string, number> = {};
    for (const port of recipe.extraPorts ?? []) extra[port] = await another();
    nodes[name] = { client: (index === 0 ? first : undefined) ?? (await another()), extra };
  }
  return nodes;
}

/** Starts all nodes and resolves when they answer and have found each other; throws `BrokerStartError`. */
export async function startProcessBroker(recipe: BrokerRecipe, request: ProcessBrokerRequest): Promise<Broker> {
  const names = Object.keys(request.nodes);
  const several = names.length > 1;
  const started = await Promise.allSettled(
    names.map(async (node) => {
      const dir = several ? join(request.dir, node) : request.dir;
      mkdirSync(dir, { recursive: true });
      return [node, await ProcessNode.start(recipe, { ...request, dir, node })] as const;
    }),
  );
  const nodes = new Map(started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
  const broker = new ProcessBroker(request, nodes);
  try {
    const failed = started.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
    await recipe.assembled?.(broker.endpoint);
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  return broker;
}

/** A broker of one or more nodes; what is done to it is done to all of them. */
class ProcessBroker implements Broker {
  readonly kind: HostKind;
  readonly what: string;
  readonly endpoint: Endpoint;

  constructor(
    private readonly request: ProcessBrokerRequest,
    readonly nodes: ReadonlyMap<string, ProcessNode>,
  ) {
    this.kind = request.kind;
    this.what = request.located.what;
    const addresses = [...nodes].map(([name, { endpoint }]) => ({ name, ...endpoint }));
    const first = addresses[0] ?? { host: "127.0.0.1", port: 0 };
    const all = addresses.length > 1 ? { nodes: addresses } : {};
    this.endpoint = { host: first.host, port: first.port, ...all };
  }

  get version(): string {
    return this.each[0]?.version ?? "";
  }
  get pid(): number | null {
    return this.each.find(({ pid }) => pid !== null)?.pid ?? null;
  }
  async kill(): Promise<void> {
    await this.all((node) => node.kill());
  }
  async stop(): Promise<void> {
    await this.all((node) => node.stop());
  }
  async pause(): Promise<void> {
    await this.all((node) => node.pause());
  }
  async resume(): Promise<void> {
    await this.all((node) => node.resume());
  }
  async start(): Promise<void> {
    await this.all((node) => node.start());
  }
  logTail(): string {
    return tailOf(this.request.logFile);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.all((node) => node[Symbol.asyncDispose]());
  }

  private get each(): ProcessNode[] {
    return [...this.nodes.values()];
  }

  /** Does it to all at once; throws the first error when all have ended. */
  private async all(act: (node: ProcessNode) => Promise<void>): Promise<void> {
    const ended = await Promise.allSettled(this.each.map(act));
    const failed = ended.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
  }
}
