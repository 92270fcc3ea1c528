import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint, NodeAddress } from "../../src/spi/broker.js";
import { askDirectly } from "./direct.js";
import { asArray, asRecord } from "./reply.js";
import { MASTER_NAME, SENTINELS, SERVERS, sentinelsOf, serversOf } from "./sentinel-nodes.js";

const ASSEMBLY_DEADLINE_MS = 30_000;
const ASSEMBLY_LOOK_MS = 100;

/** Waits until all sentinels know each other and the replica, and the replica is in step; throws when they do not. */
export async function assembled(endpoint: Endpoint): Promise<void> {
  const until = performance.now() + ASSEMBLY_DEADLINE_MS;
  for (;;) {
    const missing = await whatIsMissing(endpoint).catch((error: unknown) => String(error));
    if (missing === null) return;
    if (performance.now() > until) throw new Error(`the sentinels did not get ready: ${missing}`);
    await sleep(ASSEMBLY_LOOK_MS);
  }
}

async function whatIsMissing(endpoint: Endpoint): Promise<string | null> {
  for (const sentinel of sentinelsOf(endpoint)) {
    const [master, replicas] = await askDirectly(sentinel, async (client) => [
      asRecord(await client.callBuffer("SENTINEL", "MASTER", MASTER_NAME)),
      asArray(await client.callBuffer("SENTINEL", "REPLICAS", MASTER_NAME)).map(asRecord),
    ]);
    if (master["flags"] !== "master") return `${sentinel.name} sees the primary as ${master["flags"]}`;
    if (master["num-other-sentinels"] !== String(SENTINELS.length - 1)) return `${sentinel.name} misses a sentinel`;
    const inStep = replicas.filter(({ flags, "master-link-status": link }) => flags === "slave" && link === "ok");
    if (inStep.length !== SERVERS.length - 1) return `${sentinel.name} misses the replica`;
  }
  return null;
}

/** The server that is the primary, or the replica, as the first sentinel that answers says. */
export async function nodeInRole(endpoint: Endpoint, role: string): Promise<string> {
  const servers = serversOf(endpoint);
  const port = await primaryPort(sentinelsOf(endpoint));
  const isPrimary = (node: NodeAddress) => node.port === port;
  const found = servers.find((node) => isPrimary(node) === (role === "primary"));
  if (!found) throw new Error(`no server is the ${role}`);
  return found.name;
}

async function primaryPort(sentinels: readonly NodeAddress[]): Promise<number> {
  return Promise.any(
    sentinels.map((sentinel) =>
      askDirectly(sentinel, async (client) => {
        const address = asArray(await client.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME));
        return Number(address[1]);
      }),
    ),
  );
}
