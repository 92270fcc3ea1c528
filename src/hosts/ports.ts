import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { BrokerRecipe, NodePorts } from "../spi/broker.js";
import { sleep } from "../time.js";

/** A loopback port that is free right now. */
export const freePort = (): Promise<number> => bindOnce(0);

/** Whether nobody listens on a loopback port; waits a moment for a process that has just been killed. */
export async function isPortFree(port: number, patienceMs = 1000): Promise<boolean> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      await bindOnce(port);
      return true;
    } catch {
      if (performance.now() >= until) return false;
      await sleep(20);
    }
  }
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

async function bindOnce(wanted: number): Promise<number> {
  const server = createServer();
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
