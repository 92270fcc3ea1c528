import { mkdirSync } from "node:fs";
import { EnvironmentError } from "../errors.js";
import type { BrokerRecipe, NodePorts } from "../spi/broker.js";
import type { Broker } from "./broker.js";
import type { Choice } from "./choose.js";
import { reachExternal } from "./external.js";
import type { OpenRequest } from "./open-request.js";
import { choosePorts, isPortFree } from "./ports.js";
import { startProcessBroker } from "./process-broker.js";

const PORT_ATTEMPTS = 3;

/** Starts the broker (or reaches the external one) and waits until it is ready; throws `BrokerStartError`. */
export async function openBroker(recipe: BrokerRecipe, choice: Choice, request: OpenRequest): Promise<Broker> {
  const { kind, located } = choice;
  if (!located || kind === "external") {
    if (request.url === undefined) throw new EnvironmentError("an external host needs its url", "write target.url");
    return reachExternal(recipe, request.url, request);
  }
  if (kind === "container") {
    // Docker's client is loaded only where it is used.
    const { openContainerBroker } = await import("./container/open.js");
    const { limits = { cpu: null, memory: null }, sides = null } = request;
    return openContainerBroker(recipe, { ...request, image: located.executable, limits, sides });
  }
  mkdirSync(request.dir, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const nodes = await choosePorts(recipe, request.settings, request.port);
    try {
      return await startProcessBroker(recipe, { ...request, kind, located, nodes });
    } catch (error) {
      // Between the choice of a port and its use, another program may have taken it.
      const again =
        !request.signal?.aborted && request.port === undefined && attempt < PORT_ATTEMPTS && (await isAnyTaken(nodes));
      if (!again) throw error;
    }
  }
}

async function isAnyTaken(nodes: Readonly<Record<string, NodePorts>>): Promise<boolean> {
  const ports = Object.values(nodes).flatMap(({ client, extra }) => [client, ...Object.values(extra)]);
  const free = await Promise.all(ports.map((port) => isPortFree(port, 0)));
  return free.includes(false);
}
