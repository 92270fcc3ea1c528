import * as z from "zod";
import { RejectedError } from "../../src/spi/driver.js";
import type { KafkaOptions } from "./options.js";

/** Answers of the broker to a produce request that mean that it stored nothing of it. */
const NOT_STORED = new Set([
  "CORRUPT_MESSAGE",
  "MESSAGE_TOO_LARGE",
  "INVALID_TOPIC_EXCEPTION",
  "RECORD_LIST_TOO_LARGE",
  "NOT_ENOUGH_REPLICAS",
  "INVALID_REQUIRED_ACKS",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "INVALID_TIMESTAMP",
  "UNSUPPORTED_FOR_MESSAGE_FORMAT",
  "POLICY_VIOLATION",
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "INVALID_PRODUCER_EPOCH",
  "UNKNOWN_PRODUCER_ID",
  "UNSUPPORTED_COMPRESSION_TYPE",
  "INVALID_RECORD",
]);
/** Of a leader that is none (any more): with acks: all it may have stored the batch before it lost its office. */
const NOT_LEADER = "NOT_LEADER_OR_FOLLOWER";

/** Errors of both libraries: kafkajs says `type`, and what lies behind as `cause`; @platformatic/kafka `apiId` and `errors`. */
const foreign = z.looseObject({
  type: z.string().optional().catch(undefined),
  apiId: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  cause: z.unknown().optional(),
  errors: z.array(z.unknown()).optional().catch(undefined),
});

/** What lies at the bottom of an error; `name` is the broker's, `null` for what it did not name. */
interface Leaf {
  readonly name: string | null;
  readonly text: string;
}

function leavesOf(error: unknown): Leaf[] {
  const parsed = foreign.safeParse(error);
  if (!parsed.success) return [{ name: null, text: String(error) }];
  const { type, apiId, message = "", cause, errors = [] } = parsed.data;
  const name = type ?? apiId;
  if (name !== undefined) return [{ name, text: name }];
  const behind = [...errors, ...(cause === undefined ? [] : [cause])];
  return behind.length === 0 ? [{ name: null, text: message }] : behind.flatMap(leavesOf);
}

/** Names of what lies at the bottom of an error; `null` for what the broker did not name. */
export const namesIn = (error: unknown): (string | null)[] => leavesOf(error).map(({ name }) => name);

/** Turns what a library rejects a publish with into what havoq counts: rejected by the broker, or of unknown outcome. */
export function publishError(error: unknown, { acks, retries }: KafkaOptions): Error {
  const names = namesIn(error);
  // Of several attempts kafkajs tells the last one's error only, and an earlier one may have been stored.
  const stored = (name: string | null) =>
    retries > 0 || name === null || !(NOT_STORED.has(name) || (name === NOT_LEADER && acks !== "all"));
  if (!names.some(stored)) return new RejectedError(textOf(error), { cause: error });
  return new Error(textOf(error), { cause: error });
}

/** Whether a send failed before or below the protocol: then the broker has to be found again first. */
export const isUnreachable = (error: unknown): boolean => !(error instanceof RejectedError);

const STALE_MEMBER = new Set([
  "REBALANCE_IN_PROGRESS",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "FENCED_INSTANCE_ID",
]);

/** Whether the group refused a commit because it has gone on without this member. */
export const isStaleMember = (error: unknown): boolean =>
  namesIn(error).some((name) => name !== null && STALE_MEMBER.has(name));

/** One line that says what happened, and what lies at the bottom of it. */
export function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const details = [...new Set(leavesOf(error).map((leaf) => leaf.text))].filter((detail) => !text.includes(detail));
  return details.length === 0 ? text : `${text} (${details.join(", ")})`;
}
