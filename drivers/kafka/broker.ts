import type { BrokerRecipe, LaunchRequest, LaunchSpec } from "../../src/spi/broker.js";
import { CONTROLLER, describeContainer } from "./container.js";
import { settingsDurability } from "./durability.js";
import { findKafka, type KafkaHome, locateKafka } from "./home.js";
import { installKafka } from "./install.js";
import { prepareDirectory, serverArguments } from "./java.js";
import { kafkaRefusal } from "./refusal.js";
import { type KafkaSettings, kafkaSettings, nodeNames, serverProperties } from "./settings.js";

/** How Apache Kafka (KRaft, every node a broker and a controller) is found, started and known to be ready. */
export const kafkaRecipe: BrokerRecipe<KafkaSettings> = {
  name: "kafka",
  settings: kafkaSettings,
  durability: settingsDurability,
  server: {
    // The client library takes half a second to load: only where a broker is asked.
    probe: async (endpoint, node) => (await import("./probe.js")).probe(endpoint, node),
    refusal: kafkaRefusal,
    url: { ports: { kafka: 9092, "kafka+ssl": 9092 }, credentials: true },
    advertises: true,
    extraPorts: [CONTROLLER],
    cluster: { nodes: nodeNames, assembled: async (endpoint) => (await import("./probe.js")).assembled(endpoint) },
  },
  process: { hosts: ["local"], locate: locateKafka, launch, installations: { kafka: installKafka } },
  container: { image: "apache/kafka:4.3.1", describe: describeContainer },
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
