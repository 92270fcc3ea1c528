/** The rules for a worker of one's own, in the order in which they are looked at. */
export const RULES = {
  hello: "its first line is hello, with the version of the protocol that it speaks",
  interrupt: "it ignores SIGINT: Ctrl-C is havoq's to handle",
  "end of input": "it ends at once when its standard input ends",
  ready: "it says ready within 30 s of configure",
  words: "what it says is of the protocol",
  records: "its record file has the header and the records that the protocol says, with times since t0",
  counters: "what it counts equals what it records",
  concurrency: "no more handlers run at a time than it was told",
  end: "each handler that started has an end on record, before the broker is told",
  started: "started is on disk before the handler begins, with write(2): a killed process takes its buffers along",
  once: "it hands each delivery to one handler",
  again: "the process that replaces a killed one goes on working",
  stop: "it ends by itself when it is told to stop",
} as const;

/** The name of a rule. */
export type RuleName = keyof typeof RULES;

/** A rule that a worker breaks, and what was seen. */
export interface Broken {
  readonly rule: RuleName;
  readonly why: string;
}

/** What an error of a run says of the worker: its words, its records or its counters; `null` when it is not the worker's. */
export function blamed(message: string): RuleName | null {
  if (/^worker-\d+ did not start|^worker-\d+ ended/.test(message)) return "ready";
  if (message.includes("not of the agent protocol")) return "words";
  if (message.includes("is not what its process wrote")) return "counters";
  return /worker-\d+\.\d+(~\w+)?\.hvr/.test(message) ? "records" : null;
}
