import { JetStreamApiError } from "@nats-io/jetstream";
import { AuthorizationError, PermissionViolationError } from "@nats-io/transport-node";
import type { Refusal } from "../../src/spi/broker.js";

/** "JetStream system temporarily unavailable", and streams and consumers that are not there. */
const PASSING: readonly number[] = [10008, 10014, 10059];
const RIGHTS_HINT =
  'its user needs to publish to "havoq-*", "$JS.API.>" and "$JS.ACK.>", and to subscribe to "_INBOX.>" and "havoq-*"';

const JETSTREAM_HINT = "start the server with JetStream (-js), and enable it for the account";

const KINDS: readonly (readonly [kind: new (...args: never[]) => Error, hint: string])[] = [
  [AuthorizationError, "check user and password, or the token, in target.url"],
  [PermissionViolationError, RIGHTS_HINT],
  [JetStreamApiError, "see the JetStream limits of the server and of the account"],
];

/** What NATS refuses in an error of its client, which wraps some of them. */
export function natsRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof JetStreamApiError && PASSING.includes(error.code)) return null;
  // Not exported by the client.
  if (error.name === "JetStreamNotEnabled") return { words: error.message, hint: JETSTREAM_HINT };
  const hint = KINDS.find(([kind]) => error instanceof kind)?.[1];
  return hint === undefined ? natsRefusal(error.cause) : { words: error.message, hint };
}

/** Whether the server won't have this client however often it connects. */
export const refusesForGood = (error: unknown): boolean => error instanceof AuthorizationError;
