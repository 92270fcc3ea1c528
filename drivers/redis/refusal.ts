import type { Refusal } from "../../src/spi/broker.js";

/** What a server's errors begin with, and what to do about them. */
interface Kind {
  readonly begins: RegExp;
  readonly hint: string;
  /** Whether a client that asks again would only hear the same. */
  readonly lasts: boolean;
}

/** The word may stand behind an explanation of ioredis, or (before Redis 7) within the error of a script. */
const word = (names: string) => new RegExp(`(^|[-:] ?)(${names})\\b`);

const KINDS: readonly Kind[] = [
  {
    begins: word("MOVED|ASK|CROSSSLOT|CLUSTERDOWN|TRYAGAIN"),
    hint: "this is a node of a Redis Cluster, which havoq does not support: name a server that is not part of one",
    lasts: true,
  },
  {
    begins: word("NOPERM"),
    hint: "give its user the rights: ACL SETUSER <name> +@all ~havoq:* &havoq:*",
    lasts: true,
  },
  { begins: word("WRONGPASS|NOAUTH|DENIED"), hint: "check user and password in target.url", lasts: true },
  {
    begins: /DB index is out of range/,
    hint: "name a database in target.url that the server has: redis-cli CONFIG GET databases",
    lasts: true,
  },
  { begins: word("READONLY"), hint: "this is a read-only replica: name its primary in target.url", lasts: false },
  { begins: word("OOM"), hint: "the server is full: free its memory, or raise its maxmemory", lasts: false },
  { begins: word("MISCONF"), hint: "the server can't write its snapshots: see its log and its disk", lasts: false },
  { begins: word("NOREPLICAS"), hint: "the server misses replicas: see its min-replicas-to-write", lasts: false },
];
/** Of a server that is busy with something else, or has just come up. */
const PASSING = word("LOADING|BUSY|MASTERDOWN");
const UNKNOWN_HINT = "havoq needs a server with the commands of Redis 6.2 or later";

const kindOf = (message: string) => KINDS.find(({ begins }) => begins.test(message));

/** Whether the server answered a command with an error; it then did not do it. */
export const isReplyError = (error: unknown): error is Error => error instanceof Error && error.name === "ReplyError";

/** What Redis refuses in an error of ioredis. */
export function redisRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error) || PASSING.test(error.message)) return null;
  const hint = kindOf(error.message)?.hint ?? (isReplyError(error) ? UNKNOWN_HINT : null);
  return hint === null ? null : { words: error.message, hint };
}

/** Whether the server will give the same answer however often it is asked: no rights, a wrong password, a cluster. */
export const refusesForGood = (error: unknown): boolean =>
  error instanceof Error && kindOf(error.message)?.lasts === true;
