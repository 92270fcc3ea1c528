import type { Connection } from "./connection.js";
import { isReplyError } from "./refusal.js";
import { asArray, asBuffer } from "./reply.js";

/** Name of the consumer group of a run. */
export const GROUP = "workers";
/** The field of an entry that holds the payload. */
export const FIELD = "p";

/** The keys of one run of `redis-streams`. */
export const streamKeys = (runId: string) => ({ stream: `havoq:${runId}`, dead: `havoq:${runId}:dead` });

/** One entry of a stream. */
export interface Entry {
  readonly id: string;
  readonly payload: Buffer;
}

/** Sets a message aside if it is still there, so that asking twice does it once. */
export const DEAD_LETTER_SCRIPT = `
if redis.call('XDEL', KEYS[1], ARGV[2]) == 1 then redis.call('XADD', KEYS[2], '*', ARGV[3], ARGV[4]) end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])`;

/** Creates the group, and the stream if need be; the group begins at the start, so no message is passed over. */
export async function createGroup(connection: Connection, stream: string): Promise<void> {
  try {
    await connection.untilAnswered((client) => client.xgroup("CREATE", stream, GROUP, "0", "MKSTREAM"));
  } catch (error) {
    if (!isReplyError(error) || !error.message.startsWith("BUSYGROUP")) throw error;
  }
}

/** Whether the server has no such group, or no such stream: it has lost its memory. */
export const isGroupGone = (error: unknown): boolean =>
  isReplyError(error) && /^(NOGROUP|UNBLOCKED)|no such key/i.test(error.message);

/** Reads a list of entries; those that were deleted meanwhile (`nil` in Redis 6) are left out. */
export function readEntries(reply: unknown): Entry[] {
  return asArray(reply).flatMap((item) => {
    if (item === null) return [];
    const [id, fields] = asArray(item);
    if (fields === null || fields === undefined) return [];
    return [{ id: asBuffer(id).toString(), payload: asBuffer(asArray(fields)[1]) }];
  });
}
