import type { Refusal } from "../../src/spi/broker.js";
import { isQueueGone, isRefusal } from "./client.js";

const PASSING = /Throttl|RequestLimit|QueueDeletedRecently|SlowDown/i;
const KINDS: readonly (readonly [RegExp, string])[] = [
  [
    /AccessDenied|NotAuthorized|Forbidden/i,
    "allow sqs:CreateQueue, DeleteQueue, GetQueueAttributes, SendMessage, ReceiveMessage, DeleteMessage and ChangeMessageVisibility on havoq-*",
  ],
  [
    /Signature|Token|Credentials|AuthFailure|InvalidClientTokenId|OptInRequired/i,
    "check the credentials of the environment (AWS_PROFILE, AWS_ACCESS_KEY_ID) and the region",
  ],
];
const OTHER_HINT = "see target.options: this SQS does not take them";

/** What SQS refuses in an error of the SDK; without credentials, what the SDK says of that. */
export function sqsRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const { name, message } = error;
  if (name === "CredentialsProviderError") return { words: message, hint: KINDS[1]?.[1] ?? OTHER_HINT };
  if (!isRefusal(error) || isQueueGone(error) || PASSING.test(name)) return null;
  const hint = KINDS.find(([names]) => names.test(name))?.[1] ?? OTHER_HINT;
  return { words: message.includes(name) ? message : `${name}: ${message}`, hint };
}
