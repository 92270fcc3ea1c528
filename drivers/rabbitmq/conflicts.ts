import { isMandatory, type RabbitOptions } from "./options.js";

type Rule = readonly [holds: (options: RabbitOptions) => boolean, problem: string];

const isClassic = ({ queue }: RabbitOptions) => queue === "classic";
const isStream = ({ queue }: RabbitOptions) => queue === "stream";

const ignoresKeys = ({ exchange }: RabbitOptions) => exchange === "fanout" || exchange === "headers";

/** Combinations that RabbitMQ refuses, or that can't mean what they say. */
const RULES: readonly Rule[] = [
  [(o) => !isClassic(o) && !o.durable, "only a classic queue can be transient: write durable: true"],
  [(o) => !isClassic(o) && !o.persistent, "quorum queues and streams persist every message: write persistent: true"],
  [(o) => !isClassic(o) && o.lazy, "lazy is a mode of classic queues"],
  [(o) => !isClassic(o) && o.maxPriority !== undefined, "only classic queues have priorities"],
  [(o) => o.queue !== "quorum" && o.deliveryLimit !== undefined, "only quorum queues have a deliveryLimit"],
  [(o) => isStream(o) && o.ack === "auto", "a stream has no auto ack: its acks are what lets the broker send more"],
  [(o) => isStream(o) && (o.onFail ?? "drop") !== "drop", "a stream takes nothing back: write onFail: drop"],
  [(o) => isStream(o) && o.deadLetter, "a stream has no dead letters"],
  [(o) => isStream(o) && o.singleActiveConsumer, "a stream has no single active consumer over AMQP 0-9-1"],
  [
    (o) => isStream(o) && (o.maxLength !== undefined || o.messageTtl !== undefined),
    "maxLength and messageTtl are no limits of a stream",
  ],
  [(o) => o.ack === "auto" && o.onFail === "requeue", "ack: auto leaves nothing to requeue: write onFail: drop"],
  [(o) => o.ack === "auto" && o.onFail === "deadLetter", "ack: auto leaves nothing to dead-letter"],
  [(o) => o.onFail === "deadLetter" && !o.deadLetter, "onFail: deadLetter needs deadLetter: true"],
  [
    (o) => o.onFail === "drop" && o.deadLetter && o.ack === "manual",
    "a queue with dead letters keeps what is dropped: write onFail: deadLetter",
  ],
  [(o) => o.unroutable > 0 && ignoresKeys(o), "a fanout or headers exchange does not look at routing keys"],
  [(o) => o.overflow !== undefined && o.maxLength === undefined, "overflow needs a maxLength"],
  [
    (o) => o.overflow === "reject-publish" && !o.confirms,
    "without confirms nobody is told of a rejected publish: write confirms: true",
  ],
  [
    (o) => isMandatory(o) && !o.confirms,
    "without confirms a returned message has been counted already: write confirms: true",
  ],
];

/** Options that can't go together, each as one sentence. */
export const rabbitConflicts = (options: RabbitOptions): readonly string[] =>
  RULES.flatMap(([holds, problem]) => (holds(options) ? [problem] : []));
