import type { ContainerRequest, ContainerSpec } from "../../src/spi/broker.js";
import { clusterId } from "./java.js";
import { type KafkaSettings, serverProperties } from "./settings.js";

/** Name of the extra port on which the controllers talk. */
export const CONTROLLER = "controller";

const CONFIG = "/etc/havoq/server.properties";
const DATA = "/var/lib/kafka";
const BIN = "/opt/kafka/bin";

/** One node, formatted at its first start by the scripts of Kafka's own image. */
export function describeContainer({ ports, sides, settings }: ContainerRequest<KafkaSettings>): ContainerSpec {
  const controllerPort = ports.extra[CONTROLLER] ?? 0;
  const place = { dir: DATA, port: ports.client, sides, id: 1, controllerPort, listen: "0.0.0.0" };
  const properties = serverProperties(settings, { ...place, controllers: [{ id: 1, port: controllerPort }] });
  const format = `${BIN}/kafka-storage.sh format --ignore-formatted -t ${clusterId(String(ports.client))} -c ${CONFIG}`;
  return {
    entrypoint: ["/bin/sh", "-c"],
    command: [`${format} && exec ${BIN}/kafka-server-start.sh ${CONFIG}`],
    env: { KAFKA_HEAP_OPTS: `-Xms256m -Xmx${settings.heap}` },
    files: { [CONFIG]: properties },
    // The image's own user may not write to a new volume.
    user: "0",
    data: DATA,
  };
}
