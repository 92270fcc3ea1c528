import type { Refusal } from "../../src/spi/broker.js";

const RIGHTS_HINT =
  "its user needs rights in that vhost: rabbitmqctl set_permissions -p <vhost> <user> '^havoq-' '^(havoq-|amq.default$)' '^havoq-'";

/** The broker's words for what it won't do however often it is asked, and what to do about them. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/ACCESS_REFUSED - Login was refused.*?authentication mechanism \w+/, "check user and password in target.url"],
  [/ACCESS_REFUSED - [^"]*/, RIGHTS_HINT],
  [
    /NOT_ALLOWED - (?![^"]*is down)[^"]*/,
    "check the vhost in target.url, and what its user may do there: rabbitmqctl list_permissions -p <vhost>",
  ],
  [
    /(PRECONDITION_FAILED|NOT_IMPLEMENTED|COMMAND_INVALID|RESOURCE_LOCKED) - [^"]*/,
    "this broker, or a policy of it, does not have such queues: see target.options and rabbitmqctl list_policies",
  ],
];

/** What RabbitMQ refuses, for good, in an error of one of its clients. */
export function rabbitRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  for (const [words, hint] of KINDS) {
    const found = words.exec(error.message);
    if (found) return { words: found[0].trim(), hint };
  }
  return null;
}
