/** The keys of one run of `redis-list`. */
export interface ListKeys {
  /** Messages that are ready; taken from its right end. */
  readonly queue: string;
  readonly dead: string;
  /** Set of the ids of workers that have, or had, a processing list. */
  readonly workers: string;
  processing(workerId: string): string;
  /** Exists while the worker renews it. */
  heartbeat(workerId: string): string;
}

/** Names the keys of a run. */
export function listKeys(runId: string): ListKeys {
  const queue = `havoq:${runId}`;
  return {
    queue,
    dead: `${queue}:dead`,
    workers: `${queue}:workers`,
    processing: (workerId) => `${queue}:processing:${workerId}`,
    heartbeat: (workerId) => `${queue}:alive:${workerId}`,
  };
}

/** Moves a message if it still is in the processing list, so that asking twice does it once. */
const moveScript = (push: "LPUSH" | "RPUSH"): string =>
  `if redis.call('LREM', KEYS[1], -1, ARGV[1]) > 0 then redis.call('${push}', KEYS[2], ARGV[1]) end`;

/** Puts a message elsewhere, behind all others. */
export const MOVE_SCRIPT = moveScript("LPUSH");
/** Puts a message back, before those that wait. */
export const RETURN_SCRIPT = moveScript("RPUSH");
