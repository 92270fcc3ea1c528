import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "@platformatic/kafka";
import { hostPort } from "../../src/host-port.js";
import type { BrokerRecipe, Endpoint, LaunchRequest, LaunchSpec } from "../../src/spi/broker.js";
import { baseOptions } from "./address.js";
import { CONTROLLER, describeContainer } from "./container.js";
import { settingsDurability } from "./durability.js";
import { findKafka, type KafkaHome, locateKafka } from "./home.js";
import { installKafka } from "./install.js";
import { prepareDirectory, serverArguments } from "./java.js";
import { kafkaRefusal } from "./refusal.js";
import { type KafkaSettings, kafkaSettings, nodeNames, serverProperties } from "./settings.js";

const PROBE_TIMEOUT_MS = 2000;
const ASSEMBLE_DEADLINE_MS = 30_000;
const ASSEMBLE_PAUSE_MS = 50;

/** How Apache Kafka (KRaft, every node a broker and a controller) is found, started and known to be ready. */
export const kafkaRecipe: BrokerRecipe<KafkaSettings> = {
  name: "kafka",
  hosts: ["local"],
  url: { ports: { kafka: 9092, "kafka+ssl": 9092 }, credentials: true },
  settings: kafkaSettings,
  nodes: nodeNames,
  extraPorts: [CONTROLLER],
  advertises: true,
  installations: { kafka: installKafka },
  durability: settingsDurability,
  locate: locateKafka,
  launch,
  container: { image: "apache/kafka:4.3.1", describe: describeContainer },
  probe,
  refusal: kafkaRefusal,
  assembled,
};

/** Node ids count from 1 in the order of the nodes' names. */
export const nodeId = (nodes: readonly string[], node: string): number => nodes.indexOf(node) + 1;

async function launch(request: LaunchRequest<KafkaSettings>): Promise<LaunchSpec> {
  const { dir, node, port, nodes, sides, settings, located } = request;
  const names = Object.keys(nodes);
  const controllerPort = (name: string) => nodes[name]?.extra[CONTROLLER] ?? 0;
  const properties = serverProperties(settings, {
    dir,
    port,
    sides,
    id: nodeId(names, node),
    controllerPort: controllerPort(node),
    controllers: names.map((name) => ({ id: nodeId(names, name), port: controllerPort(name) })),
  });
  const java = { java: located.executable, home: theKafka(), dir, heap: settings.heap };
  await prepareDirectory(java, properties, JSON.stringify(nodes));
  return { file: java.java, args: serverArguments(java), env: {} };
}

function theKafka(): KafkaHome {
  const home = findKafka();
  if ("reason" in home) throw new Error(home.reason);
  return home;
}

/** A node answers clients only once the controllers have let it in. */
async function probe(endpoint: Endpoint, node: string): Promise<string | null> {
  const brokers = await brokersOf(endpoint);
  if (node === "external") return `Kafka at ${hostPort(endpoint)}`;
  if (brokers.every(({ port }) => port !== endpoint.port)) throw new Error("the node is not part of the cluster yet");
  return null;
}

async function assembled(endpoint: Endpoint): Promise<void> {
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
