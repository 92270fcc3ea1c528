import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { whileGoingOn } from "../interruption.js";
import type { BrokerRecipe, Located, NodePorts, ProcessHost } from "../spi/broker.js";
import type { Broker } from "./broker.js";
import { NodesBroker } from "./nodes-broker.js";
import type { OpenRequest } from "./open-request.js";
import { ProcessNode } from "./process-node.js";

/** What a broker of processes is started with. */
export interface ProcessBrokerRequest extends OpenRequest {
  readonly kind: ProcessHost;
  readonly located: Located;
  readonly nodes: Readonly<Record<string, NodePorts>>;
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
  const { kind, located, logFile } = request;
  const broker = new NodesBroker({ kind, what: located.what, image: null, logFile }, nodes);
  try {
    const failed = started.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
    const assembled = recipe.server.cluster?.assembled(broker.endpoint);
    if (assembled) await (request.signal ? whileGoingOn(assembled, request.signal) : assembled);
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  return broker;
}
