import type { ConfirmedIn, Durability } from "../../src/spi/broker.js";
import type { KafkaOptions } from "./options.js";
import type { KafkaSettings } from "./settings.js";

/** What survives where the producer's `acks` are left out of account. */
export function settingsDurability(settings: KafkaSettings): Durability {
  const { logFlushIntervalMessages, minInsyncReplicas, nodes } = settings;
  const page =
    logFlushIntervalMessages === undefined
      ? "written to the page cache, not synced: a process crash loses nothing that the leader stored, a power loss may"
      : `synced every ${logFlushIntervalMessages} messages: a process crash loses nothing that the leader stored`;
  const words =
    nodes === 1 ? `one replica; ${page}` : `${nodes} nodes, min.insync.replicas ${minInsyncReplicas}; ${page}`;
  return { confirmedIn: logFlushIntervalMessages === 1 ? "disk" : "page cache", words };
}

/** What survives with these options: `acks` decides who has a message when it is confirmed. */
export function kafkaDurability(options: KafkaOptions, settings: KafkaSettings, external: boolean): Durability {
  const known = settingsDurability(settings);
  if (external)
    return { confirmedIn: options.acks === 0 ? "client" : null, words: "decided by the topic and the brokers" };
  return { ...known, confirmedIn: confirmedIn(options, settings) ?? known.confirmedIn };
}

function confirmedIn({ acks, replication }: KafkaOptions, settings: KafkaSettings): ConfirmedIn | null {
  if (acks === 0) return "client";
  const replicas = Math.min(replication ?? settings.nodes, settings.minInsyncReplicas);
  return acks === "all" && replicas > 1 ? "replicas" : null;
}
