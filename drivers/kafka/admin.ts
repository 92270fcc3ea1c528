import { setTimeout as sleep } from "node:timers/promises";
import { Admin as KafkaAdmin } from "@platformatic/kafka";
import type { Admin, Depth, DriverContext } from "../../src/spi/driver.js";
import { baseOptions } from "./address.js";
import { isKafkaError, type Offsets, offsetsOf, topicAnywhere, topicNow } from "./cluster.js";
import { groupOf, type KafkaOptions, replicationOf, topicConfigs, topicOf } from "./options.js";
import { kafkaRefusal } from "./refusal.js";
import { readRange } from "./residue.js";

const RETRIES = 3;
const REQUEST_TIMEOUT_MS = 5000;
const READY_DEADLINE_MS = 20_000;
const READY_PAUSE_MS = 50;
const NO_COMMIT = -1;

/** havoq's view of the topic and the group of a run. */
export async function kafkaAdmin(context: DriverContext<KafkaOptions>): Promise<Admin> {
  return new KafkaRunAdmin(context);
}

class KafkaRunAdmin implements Admin {
  private readonly client: KafkaAdmin;
  private readonly topic: string;
  private readonly group: string;
  readonly abilities = { nodeInRole: (role: string) => this.nodeInRole(role) };

  constructor(private readonly context: DriverContext<KafkaOptions>) {
    this.client = new KafkaAdmin({ ...baseOptions(context.endpoint, RETRIES), requestTimeout: REQUEST_TIMEOUT_MS });
    this.topic = topicOf(context.runId);
    this.group = groupOf(context.runId);
  }

  async setup(): Promise<void> {
    const { options, endpoint } = this.context;
    const replicas = replicationOf(options, endpoint) ?? -1;
    const configs = topicConfigs(options);
    await this.client.createTopics({ topics: [this.topic], partitions: options.partitions, replicas, configs });
    await this.untilOk(() => this.untilReplicated(Math.max(1, replicas)));
    // A broker is told to lead before it does.
    await this.untilOk(() => this.ends("LATEST"));
    // The first question about a group makes the broker create the topic of all groups: before the load, not in it.
    await this.untilOk(() => this.committed());
  }

  async teardown(): Promise<void> {
    await this.client.deleteTopics({ topics: [this.topic] }).catch((error: unknown) => {
      if (!isKafkaError(error, "UNKNOWN_TOPIC_OR_PARTITION")) throw error;
    });
    await this.client.deleteGroups({ groups: [this.group] }).catch((error: unknown) => {
      // A member that was killed belongs to it until its session ends; without offsets a group goes by itself.
      if (!isKafkaError(error, "GROUP_ID_NOT_FOUND") && !isKafkaError(error, "NON_EMPTY_GROUP")) throw error;
    });
  }

  async depth(): Promise<Depth> {
    const [from, to] = await Promise.all([this.positions(), this.ends("LATEST")]);
    let ready = 0;
    for (const [partition, end] of to) ready += Math.max(0, end - (from.get(partition) ?? end));
    return { ready, inFlight: null, deadLettered: null };
  }

  private async nodeInRole(role: string): Promise<string> {
    const { endpoint } = this.context;
    const {
      partitions: [first],
    } = await topicAnywhere(endpoint, this.topic);
    const id = role === "leader" ? first?.leader : first?.isr.find((node) => node !== first.leader);
    const name = id === undefined ? undefined : endpoint.nodes?.[id - 1]?.name;
    if (name === undefined) throw new Error(`partition 0 has no ${role} now`);
    return name;
  }

  async *residue() {
    const [from, to] = await this.untilOk(() => Promise.all([this.positions(), this.ends("LATEST")]));
    for await (const payload of readRange(this.context.endpoint, this.topic, from, to)) {
      yield { place: "ready", payload } as const;
    }
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private ends(which: "EARLIEST" | "LATEST"): Promise<Offsets> {
    return offsetsOf(this.client, this.topic, this.context.options.partitions, which);
  }

  private async committed(): Promise<Offsets> {
    const { partitions } = this.context.options;
    const partitionIndexes = Array.from({ length: partitions }, (_, partition) => partition);
    const [group] = await this.client.listConsumerGroupOffsets({
      groups: [{ groupId: this.group, topics: [{ name: this.topic, partitionIndexes }] }],
    });
    const [topic] = group?.topics ?? [];
    return new Map(
      topic?.partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]),
    );
  }

  /** Where the group goes on: behind its commit, at the first message, or (missing) at whatever comes next. */
  private async positions(): Promise<Offsets> {
    const [committed, earliest] = await Promise.all([this.committed(), this.ends("EARLIEST")]);
    const { fromBeginning } = this.context.options;
    return new Map(
      [...earliest].flatMap(([partition, first]) => {
        const commit = committed.get(partition) ?? NO_COMMIT;
        if (commit === NO_COMMIT) return fromBeginning ? [[partition, first] as const] : [];
        return [[partition, Math.max(commit, first)] as const];
      }),
    );
  }

  private async untilReplicated(replicas: number): Promise<void> {
    const { partitions } = await topicNow(this.client, this.topic);
    if (partitions.length < this.context.options.partitions) throw new Error("not all partitions are there yet");
    const behind = partitions.findIndex(({ isr }) => isr.length < replicas);
    if (behind >= 0) throw new Error(`the replicas of partition ${behind} are not in sync`);
  }

  /** Tries until it succeeds; throws the last error after a while. For what a broker can't do right after its start. */
  private async untilOk<T>(attempt: () => Promise<T>): Promise<T> {
    const until = performance.now() + READY_DEADLINE_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (performance.now() > until || kafkaRefusal(error)) throw error;
        await sleep(READY_PAUSE_MS);
      }
    }
  }
}
