import * as z from "zod";
import type { Honoured } from "../../src/spi/driver.js";
import { type Milliseconds, ms } from "../../src/units.js";
import { durationOf, durationText } from "../shared/duration.js";

const clients = ["plain", "pg-boss", "graphile-worker"] as const;
type ClientName = (typeof clients)[number];

const shape = {
  client: z
    .enum(clients)
    .default("plain")
    .describe("plain: a table of our own; the others: that library with its tables"),
  mode: z
    .enum(["transaction", "lease"])
    .optional()
    .describe(
      "plain; transaction (default): the row stays locked while the handler runs; lease: it is hidden for a time",
    ),
  visibility: durationText({ min: 100 })
    .optional()
    .describe("plain, lease: time for which a taken message is hidden from others, default 30s"),
  batch: z.int().min(1).max(1000).optional().describe("plain, lease: messages taken at once at most, default 10"),
  onFail: z
    .enum(["retry", "deadLetter", "drop"])
    .optional()
    .describe("plain: what becomes of a message whose handler failed, default retry, behind all others"),
  maxAttempts: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("attempts before a message is dead; plain with deadLetter: default 3; graphile-worker: default 25"),
  unlogged: z
    .boolean()
    .optional()
    .describe("plain: UNLOGGED table, which a crash of the server empties; default false"),
  priorities: z
    .boolean()
    .optional()
    .describe(
      "plain: the row with the highest priority is taken first, where load.priorities gives one; default false",
    ),
  notify: z.boolean().optional().describe("plain: NOTIFY with each message, LISTEN in the workers; default false"),
  pollInterval: durationText({ min: 1 })
    .optional()
    .describe("time between two looks of a worker with nothing to do, default 20ms, with notify or graphile-worker 1s"),
  expireIn: durationText({ min: 1000, step: 1000 })
    .optional()
    .describe("pg-boss: time after which a taken job counts as failed, default 15min"),
  maintenanceInterval: durationText({ min: 1000, step: 1000 })
    .optional()
    .describe("pg-boss: time between two looks for such jobs, default 120s"),
  retryLimit: z.int().min(0).max(1000).optional().describe("pg-boss: attempts after the first, default 2"),
  connections: z
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe("connections of each producer; each confirms one message at a time"),
  synchronousCommit: z
    .enum(["on", "off"])
    .optional()
    .describe(
      "off: commits of producers and workers are answered before they are written; the server's own when not given",
    ),
};

const ONLY_FOR: Readonly<Record<string, readonly ClientName[]>> = {
  mode: ["plain"],
  visibility: ["plain"],
  batch: ["plain"],
  onFail: ["plain"],
  maxAttempts: ["plain", "graphile-worker"],
  unlogged: ["plain"],
  notify: ["plain"],
  priorities: ["plain"],
  expireIn: ["pg-boss"],
  maintenanceInterval: ["pg-boss"],
  retryLimit: ["pg-boss"],
};

/** What `target.options` may say for `postgres`. */
export const postgresOptions = z.strictObject(shape).superRefine((options, context) => {
  const refuse = (key: string, message: string, hint: string) =>
    context.addIssue({ code: "custom", path: [key], message, params: { hint } });
  for (const [key, value] of Object.entries(options)) {
    const only = ONLY_FOR[key];
    if (value === undefined || !only || only.includes(options.client)) continue;
    refuse(key, `${key} is not an option of ${options.client}`, `write client: ${only.join(" or ")}, or leave it out`);
  }
  if (options.client !== "plain") return;
  const leaseOnly = ["visibility", "batch"] as const;
  for (const key of leaseOnly) {
    if (options[key] === undefined || options.mode === "lease") continue;
    refuse(key, `${key} needs leases`, `write mode: lease, or leave ${key} out`);
  }
  if (options.maxAttempts !== undefined && options.onFail !== "deadLetter")
    refuse("maxAttempts", "maxAttempts needs dead letters", "write onFail: deadLetter, or leave maxAttempts out");
});

/** Checked options of `postgres`. */
export type PostgresOptions = z.infer<typeof postgresOptions>;

/** The options of the table of our own, with their defaults. */
export function plainOptions(options: PostgresOptions) {
  const { mode = "transaction", visibility = "30s", batch = 10, notify = false, unlogged = false } = options;
  const order = options.priorities ? "priority DESC, due" : "due";
  const { onFail = "retry", maxAttempts = 3, pollInterval = notify ? "1s" : "20ms" } = options;
  const visibilityMs = durationOf(visibility);
  const pollMs = durationOf(pollInterval);
  return { mode, visibilityMs, batch, notify, unlogged, order, onFail, maxAttempts, pollMs };
}

/** The options of pg-boss, with its defaults. */
export function bossOptions({ expireIn = "15min", maintenanceInterval = "120s", ...options }: PostgresOptions) {
  const { retryLimit = 2, pollInterval = "20ms" } = options;
  const seconds = (text: string) => durationOf(text) / 1000;
  return {
    expireInSeconds: seconds(expireIn),
    maintenanceIntervalSeconds: seconds(maintenanceInterval),
    retryLimit,
    pollMs: durationOf(pollInterval),
  };
}

/** The options of graphile-worker, with its defaults. */
export function graphileOptions({ maxAttempts = 25, pollInterval = "1s" }: PostgresOptions) {
  return { maxAttempts, pollMs: durationOf(pollInterval) };
}

const MOST_PRIORITY = 255;

/** graphile-worker runs one job of a queue at a time, which is what a key is; priorities are each client's own. */
export function postgresHonours({ client, priorities }: PostgresOptions): Honoured {
  if (client === "graphile-worker") return { keys: true, priorities: MOST_PRIORITY };
  const keys = "queues of jobs in order need target.options.client: graphile-worker";
  if (client === "pg-boss" || priorities) return { keys, priorities: MOST_PRIORITY };
  return { keys, priorities: "the table has priorities with target.options.priorities: true" };
}

/** Server settings of the sessions of producers and workers. */
export function sessionOf({ synchronousCommit }: PostgresOptions): Readonly<Record<string, string>> {
  return synchronousCommit === undefined ? {} : { synchronous_commit: synchronousCommit };
}

/** Fixed in graphile-worker's SQL; it looks for such locks every ten minutes at the latest. */
const GRAPHILE_LOCK_MS = 4 * 3600 * 1000;
const GRAPHILE_SWEEP_MS = 10 * 60 * 1000;

/** A lost connection gives its locks back at once; the others wait for a time to run out, and for somebody to look. */
export function postgresHorizon(options: PostgresOptions): Milliseconds {
  if (options.client === "graphile-worker") return ms(GRAPHILE_LOCK_MS + GRAPHILE_SWEEP_MS);
  if (options.client === "pg-boss") {
    const { expireInSeconds, maintenanceIntervalSeconds } = bossOptions(options);
    // The look is skipped when another one was less than an interval ago, and so may come at the next.
    return ms((expireInSeconds + 2 * maintenanceIntervalSeconds) * 1000);
  }
  const { mode, visibilityMs } = plainOptions(options);
  return mode === "lease" ? visibilityMs : ms(0);
}
