import { DatabaseError } from "pg";
import type { Refusal } from "../../src/spi/broker.js";

/** SQLSTATE classes of a server that is starting up, going down or out of connections just now. */
const PASSING = /^(57P|08|40|53300)/;
/** Credentials, a database or rights that are missing. */
const FOR_GOOD = /^(28|3D000|42501)/;
/** What pg says itself of a server that asks for a password, or does not speak TLS. */
const OF_THE_CLIENT = /^(SASL: |The server does not support SSL)/;

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^28/, "check user and password in target.url"],
  [/^3D000/, "check the database in target.url"],
  [/^25006/, "this server only reads, such as a standby: name its primary in target.url"],
  [/^53/, "the server has no room left: see its disk, its memory and its limits"],
  [/^(0A|42)/, "havoq needs a PostgreSQL of 12 or later"],
];

/** What PostgreSQL refuses in an error of pg. */
export function postgresRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const words = error.message;
  if (OF_THE_CLIENT.test(words)) return { words, hint: "check user, password and sslmode in target.url" };
  if (!(error instanceof DatabaseError) || PASSING.test(error.code ?? "")) return null;
  const { code = "" } = error;
  return { words: `${words} (${code})`, hint: code === "42501" ? rightsHint(words) : hintOf(code) };
}

/** Whether the server will refuse the same however often it is asked. */
export const refusesForGood = (error: unknown): boolean =>
  error instanceof Error &&
  (OF_THE_CLIENT.test(error.message) || (error instanceof DatabaseError && FOR_GOOD.test(error.code ?? "")));

const hintOf = (code: string) => HINTS.find(([begins]) => begins.test(code))?.[1] ?? "see the server's log";

/** The statement that gives what is missing, where the server says what that is. */
function rightsHint(words: string): string {
  const [, kind, name] = /^permission denied for (schema|database) (\S+)/.exec(words) ?? [];
  if (kind === undefined) return "its role needs the right to create: GRANT CREATE";
  return `its role needs the right to create there: GRANT CREATE ON ${kind.toUpperCase()} ${name} TO <role>`;
}
