import type { Refusal } from "../../src/spi/broker.js";
import { namesIn, textOf } from "./errors.js";

const RIGHTS_HINT =
  "its principal needs Create, Describe, Read, Write and Delete on topics, and Read on groups, that begin with havoq-: kafka-acls --resource-pattern-type prefixed";

/** Names of the broker's errors that stay the same however often it is asked, and what to do about them. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED$/, RIGHTS_HINT],
  [
    /^(SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/,
    "check user and password in target.url",
  ],
  [/^INVALID_REPLICATION_FACTOR$/, "the cluster has fewer brokers than that: see target.options.replication"],
  [
    /^(POLICY_VIOLATION|INVALID_CONFIG|INVALID_PARTITIONS|UNSUPPORTED_VERSION)$/,
    "see target.options, and the policies of the cluster",
  ],
];

/** What Kafka refuses for good in an error of either library. */
export function kafkaRefusal(error: unknown): Refusal | null {
  for (const name of namesIn(error)) {
    const hint = name === null ? undefined : KINDS.find(([names]) => names.test(name))?.[1];
    if (hint !== undefined) return { words: textOf(error), hint };
  }
  return null;
}
