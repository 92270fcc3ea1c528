import type { Endpoint, HostKind } from "../spi/broker.js";
import type { Broker, BrokerNode } from "./broker.js";
import { tailOf } from "./log-tail.js";

/** What is known of a broker as a whole. */
export interface NodesBrokerRequest {
  readonly kind: HostKind;
  readonly what: string;
  readonly image: string | null;
  /** Takes what its nodes print. */
  readonly logFile: string;
}

/** A broker of one or more nodes; what is done to it is done to all of them. */
export class NodesBroker implements Broker {
  readonly kind: HostKind;
  readonly what: string;
  readonly image: string | null;
  readonly endpoint: Endpoint;

  constructor(
    private readonly request: NodesBrokerRequest,
    readonly nodes: ReadonlyMap<string, BrokerNode>,
  ) {
    this.kind = request.kind;
    this.what = request.what;
    this.image = request.image;
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
  async loseDisk(): Promise<void> {
    await this.all((node) => node.loseDisk());
  }
  logTail(): string {
    return tailOf(this.request.logFile);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.all(async (node) => node[Symbol.asyncDispose]());
  }

  private get each(): BrokerNode[] {
    return [...this.nodes.values()];
  }

  /** Does it to all at once; throws the first error when all have ended. */
  private async all(act: (node: BrokerNode) => Promise<void>): Promise<void> {
    const ended = await Promise.allSettled(this.each.map(act));
    const failed = ended.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
  }
}
