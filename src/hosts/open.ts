import { mkdirSync } from "node:fs";
import { EnvironmentError } from "../engine/errors.js";
import type { BrokerRecipe, LaunchRequest, Limits, NodePorts } from "../spi/broker.js";
import type { Broker } from "./broker.js";
import type { Choice } from "./choose.js";
import { type Hooks, reachExternal } from "./external.js";
import { choosePorts, isPortFree } from "./ports.js";
import { startProcessBroker } from "./process-broker.js";

/** What a broker is opened with. */
export interface OpenRequest {
  readonly runId: string;
  /** Private directory for its data. */
  readonly dir: string;
  /** Client port of the (first) node; a free one is chosen when none is given. */
  readonly port?: number;
  /** Listeners for clients that come through the proxy; for a recipe that advertises. */
  readonly sides?: LaunchRequest<unknown>["sides"];
  readonly settings: unknown;
  /** For the external host: its address, and the commands that break and start it. */
  readonly url: string | undefined;
  readonly hooks?: Hooks | undefined;
  /** For the container host. */
  readonly limits?: Limits;
  /** Marks the process as the run's. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes what it prints. */
  readonly logFile: string;
  /** Interrupts the run: a start that is under way is given up. */
  readonly signal?: AbortSignal;
  readonly onSpawn: (pid: number) => void;
  /** Told when the process ends and neither a fault nor havoq asked for it. */
  readonly onUnexpectedExit?: (text: string) => void;
}

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
