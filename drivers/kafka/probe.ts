import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "@platformatic/kafka";
import { hostPort } from "../../src/host-port.js";
import type { Endpoint } from "../../src/spi/broker.js";
import { baseOptions } from "./address.js";

const PROBE_TIMEOUT_MS = 2000;
const ASSEMBLE_DEADLINE_MS = 30_000;
const ASSEMBLE_PAUSE_MS = 50;

/** A node answers clients only once the controllers have let it in. */
export async function probe(endpoint: Endpoint, node: string): Promise<string | null> {
  const brokers = await brokersOf(endpoint);
  if (node === "external") return `Kafka at ${hostPort(endpoint)}`;
  if (brokers.every(({ port }) => port !== endpoint.port)) throw new Error("the node is not part of the cluster yet");
  return null;
}

/** Waits until all nodes know each other; throws when they do not. */
export async function assembled(endpoint: Endpoint): Promise<void> {
  const wanted = endpoint.nodes?.length ?? 1;
  const until = performance.now() + ASSEMBLE_DEADLINE_MS;
  for (;;) {
    const { length } = await brokersOf(endpoint);
    if (length >= wanted) return;
    if (performance.now() > until) throw new Error(`only ${length} of ${wanted} Kafka nodes found each other`);
    await sleep(ASSEMBLE_PAUSE_MS);
  }
}

async function brokersOf(endpoint: Endpoint) {
  // Only the node that is asked: another one could answer for it.
  const { nodes, ...single } = endpoint;
  const admin = new Admin({
    ...baseOptions(single, 0),
    connectTimeout: PROBE_TIMEOUT_MS,
    requestTimeout: PROBE_TIMEOUT_MS,
  });
  try {
    const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
    return [...brokers.values()];
  } finally {
    await admin.close();
  }
}
