import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LaunchRequest, NodePorts } from "../../src/spi/broker.js";
import { durationOf } from "../shared/duration.js";
import { MASTER_NAME, QUORUM, SENTINELS, SERVERS } from "./sentinel-nodes.js";
import { type Settings, serverConfig } from "./server-settings.js";

/** A failover that takes longer begins anew, and the next one may begin after twice this time. */
const FAILOVER_TIMEOUT_MS = 3000;

/**
 * Arguments for one node of a broker with sentinels. Server and sentinel keep in their file who is primary now, so it is
 * written at the first launch only.
 */
export async function sentinelArguments(request: LaunchRequest<Settings>): Promise<string[]> {
  const { dir, node } = request;
  const isServer = SERVERS.some((server) => server === node);
  const file = join(dir, "node.conf");
  const isWritten = await access(file).then(
    () => true,
    () => false,
  );
  if (!isWritten) await writeFile(file, `${(isServer ? serverLines : sentinelLines)(request).join("\n")}\n`);
  return isServer ? [file] : [file, "--sentinel"];
}

function serverLines({ dir, node, port, nodes, settings }: LaunchRequest<Settings>): string[] {
  const [first] = SERVERS;
  return [
    ...serverConfig(dir, port, settings).map(
      ([name, value]) => `${name} ${name === "dir" || value === "" ? `"${value}"` : value}`,
    ),
    // A replica that joins waits for no others.
    "repl-diskless-sync yes",
    "repl-diskless-sync-delay 0",
    ...(node === first ? [] : [`replicaof 127.0.0.1 ${portOf(nodes, first)}`]),
  ];
}

function sentinelLines({ dir, node, port, nodes, settings }: LaunchRequest<Settings>): string[] {
  const [first, ...replicas] = SERVERS;
  const others = SENTINELS.filter((sentinel) => sentinel !== node);
  return [
    ...[`port ${port}`, "bind 127.0.0.1", `dir "${dir}"`, "daemonize no"],
    `sentinel myid ${idOf(node)}`,
    `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${portOf(nodes, first)} ${QUORUM}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} ${Math.round(durationOf(settings.downAfter))}`,
    `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_TIMEOUT_MS}`,
    // They would find each other and the replica by themselves, but only within ten seconds or more.
    ...replicas.map((replica) => `sentinel known-replica ${MASTER_NAME} 127.0.0.1 ${portOf(nodes, replica)}`),
    ...others.map((other) => `sentinel known-sentinel ${MASTER_NAME} 127.0.0.1 ${portOf(nodes, other)} ${idOf(other)}`),
  ];
}

const portOf = (nodes: Readonly<Record<string, NodePorts>>, node: string) => nodes[node]?.client ?? 0;

/** Sentinels know each other by 40 hexadecimal digits. */
const idOf = (sentinel: string) => Buffer.from(sentinel).toString("hex").padStart(40, "0");
