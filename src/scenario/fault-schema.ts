import * as z from "zod";
import { wholeNumber } from "./leaf.js";
import { bandwidth, duration, id, limits, moment, size, which } from "./leaves.js";
import { MOST_REPEATS } from "./load-schema.js";

/** What each verb of a fault can be done to. */
export const FAULT_TARGETS = {
  kill: ["broker", "worker", "producer"],
  stop: ["broker"],
  restart: ["broker"],
  pause: ["broker"],
  limit: ["broker"],
  disconnect: ["broker"],
  hang: ["worker", "producer"],
  slow: ["worker"],
  block: ["worker"],
  hold: ["transaction"],
  network: ["producers", "workers", "all"],
} as const;
/** A fault's verb. */
export type Verb = keyof typeof FAULT_TARGETS;
/** All verbs, as keys of a fault. */
export const VERBS: readonly Verb[] = [
  "kill",
  "stop",
  "restart",
  "pause",
  "limit",
  "disconnect",
  "hang",
  "slow",
  "block",
  "hold",
  "network",
];

/** Verbs whose fault lasts until its heal, so that `for` is needed. */
export const LASTING_VERBS: readonly Verb[] = ["pause", "limit", "disconnect", "hang", "slow", "block", "hold"];

const repeat = z.strictObject({
  times: wholeNumber("a whole number", 1, MOST_REPEATS).describe("How often the fault is injected in all."),
  every: duration().describe("Time from one injection to the next; longer than `for`."),
});

const cut = z.union([
  z.literal("before-answer"),
  z.strictObject({ afterBytes: size().describe("Bytes that a connection still passes before it is closed.") }),
]);

/** One fault as written: which keys go together is checked by `checkFaultKeys`, from the same table for each verb. */
export const faultInput = z
  .strictObject({
    id: id()
      .optional()
      .describe("Name of the fault in `at`, in expectations and in reports. Default: verb and number."),
    at: moment().describe(
      "When the fault is injected: a phase (warmup, baseline, chaos, recovery), or <fault id>.start or <fault id>.end, and optionally + a duration.",
    ),
    kill: z
      .enum(FAULT_TARGETS.kill)
      .optional()
      .describe("SIGKILL. A broker is started again after `for`, a worker after `workers.restart`."),
    stop: z.enum(FAULT_TARGETS.stop).optional().describe("SIGTERM, and started again after `for`."),
    restart: z.enum(FAULT_TARGETS.restart).optional().describe("SIGTERM, and started again at once."),
    pause: z
      .enum(FAULT_TARGETS.pause)
      .optional()
      .describe("SIGSTOP until the heal: everything stands still, nothing is lost."),
    limit: limits()
      .optional()
      .describe("Less CPU (cores) or memory for the broker until the heal, such as { cpu: 0.2 }; in a container only."),
    disconnect: z
      .enum(FAULT_TARGETS.disconnect)
      .optional()
      .describe("Takes the broker off its network until the heal; in a container only."),
    hang: z
      .enum(FAULT_TARGETS.hang)
      .optional()
      .describe("SIGSTOP until the heal: the process is there and does nothing."),
    slow: z.enum(FAULT_TARGETS.slow).optional().describe("Adds `by` to each handling time until the heal."),
    block: z
      .enum(FAULT_TARGETS.block)
      .optional()
      .describe("Keeps the event loop busy until the heal, so that no heartbeat is sent."),
    hold: z
      .enum(FAULT_TARGETS.hold)
      .optional()
      .describe("Leaves a transaction open until the heal, so that dead rows can't be vacuumed; PostgreSQL only."),
    network: z
      .enum(FAULT_TARGETS.network)
      .optional()
      .describe("Disturbs the connections of this side to the broker; needs at least one effect."),
    for: duration()
      .optional()
      .describe(
        "Time until the heal. For a killed or stopped broker: its downtime, by default 0s (started again at once).",
      ),
    node: id()
      .optional()
      .describe(
        "One node of a broker of several, by its name or its role, such as leader. Default: all of the broker.",
      ),
    disk: z
      .enum(["kept", "lost"])
      .prefault("kept")
      .describe("lost: the broker that was killed or stopped starts with an empty disk."),
    repeat: repeat.optional().describe("Injects the fault several times."),
    which: which()
      .prefault("random")
      .describe("Which processes: one by chance (seeded), all, or one by its index from 0."),
    scope: z
      .enum(["process", "child", "tree"])
      .prefault("process")
      .describe("What `kill: worker` kills: the process, its children only, or the whole tree."),
    by: duration().optional().describe("What `slow: worker` adds to each handling time."),
    direction: z
      .enum(["up", "down", "both"])
      .prefault("both")
      .describe("Which way a network fault acts: up is towards the broker, down towards the client."),
    latency: duration().optional().describe("Network effect: delay of everything that passes."),
    jitter: duration().optional().describe("Varies `latency` by up to this much either way."),
    bandwidth: bandwidth().optional().describe("Network effect: limit per connection."),
    partition: z
      .boolean()
      .optional()
      .describe("Network effect: nothing passes until the heal; then everything goes on intact."),
    reset: z
      .boolean()
      .optional()
      .describe("Network effect: RST on established connections, and on new ones until the heal."),
    cut: cut
      .optional()
      .describe(
        "Network effect: closes a connection after some bytes, or after a whole request and before its answer.",
      ),
    slowClose: duration().optional().describe("Network effect: delay between one side's close and its passing on."),
  })
  .meta({
    oneOf: VERBS.map((verb) => ({
      required: verb === "slow" ? [verb, "by", "for"] : LASTING_VERBS.includes(verb) ? [verb, "for"] : [verb],
    })),
  });

/** A fault whose values could be read. */
export type FaultInput = z.output<typeof faultInput>;
