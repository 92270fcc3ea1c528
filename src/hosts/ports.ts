import { randomInt } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import type { BrokerRecipe, NodePorts } from "../spi/broker.js";
import { sleep } from "../time.js";

/** Below it stand the ports of well-known services. */
const LOWEST_PORT = 10_000;
const HIGHEST_PORT = 65_535;
const ATTEMPTS = 100;

/**
 * A loopback port that is free right now, and that the kernel gives to no outgoing connection: a broker that is down for
 * a while has to find its port as it left it.
 */
export async function freePort(): Promise<number> {
  const { lowest, highest } = outgoingPorts();
  const [from, below] = lowest > LOWEST_PORT ? [LOWEST_PORT, lowest] : [highest + 1, HIGHEST_PORT + 1];
  for (let attempt = 0; attempt < ATTEMPTS && from < below; attempt++) {
    const port = randomInt(from, below);
    if (await isPortFree(port, 0)) return port;
  }
  return bindOnce(0);
}

/** The ports that the kernel gives to outgoing connections. */
export function outgoingPorts(): { readonly lowest: number; readonly highest: number } {
  const text = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "latin1");
  const [lowest = 0, highest = 0] = text.trim().split(/\s+/).map(Number);
  return { lowest, highest };
}

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
  const { cluster, extraPorts = [] } = recipe.server;
  const names = cluster?.nodes(settings) ?? ["broker"];
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
    for (const port of extraPorts) extra[port] = await another();
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
