import type { DeliveryCounts } from "../result-schema.js";
import { type Ledger, Outcome, stateOf } from "./ledger.js";

/** What the ledger alone can't know: counts that the fold made on the way. */
export interface CountedOnTheWay {
  readonly phantom: number;
  readonly corrupt: number;
  readonly reordered: number;
  readonly redelivered: number;
  readonly producedTwice: number;
}

/** What is known of the residue: whether it was inspected at all, and how many messages were counted but not read. */
export interface ResidueKnowledge {
  readonly inspected: boolean;
  readonly anonymous: number;
}

/** A run whose message counts do not add up: a defect of havoq, never a result. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

type MessageState =
  | "ok"
  | "deadLettered"
  | "backlog"
  | "stuck"
  | "lostInHandler"
  | "lostBeforeHandler"
  | "recovered"
  | "void"
  | "abortedRead"
  | "rejected";

const READY = 1;
const IN_FLIGHT = 2;
const DEAD_LETTERED = 3;

/** The state of one message from its ledger byte (the table of docs/ledger.md), with its residue fully known. */
export function classifyState(byte: number): MessageState {
  const { outcome, started, completed, residue } = stateOf(byte);
  const seen = started > 0 || residue > 0;
  if (outcome === Outcome.rejected) return seen ? "abortedRead" : "rejected";
  if (outcome !== Outcome.acked) return seen ? "recovered" : "void";
  if (completed > 0) return "ok";
  if (residue === DEAD_LETTERED) return "deadLettered";
  if (residue === READY) return "backlog";
  if (residue === IN_FLIGHT) return "stuck";
  return started > 0 ? "lostInHandler" : "lostBeforeHandler";
}

/** Folds the ledger into the counts of `result.json`; throws `InvariantError` when they do not add up. */
export function classify(ledger: Ledger, counted: CountedOnTheWay, residue: ResidueKnowledge): DeliveryCounts {
  const byState = tallyStates(ledger);
  const outcomes = tallyOutcomes(ledger);
  const missing = byState.lostInHandler + byState.lostBeforeHandler;
  // A message that may still sit where nobody could look is not lost: it is unseen.
  const unseen = residue.inspected ? Math.min(missing, residue.anonymous) : missing;
  const lostBeforeHandler = byState.lostBeforeHandler - Math.min(unseen, byState.lostBeforeHandler);
  const lost = missing - unseen;
  const counts: DeliveryCounts = {
    sent: ledger.leased,
    ...outcomes,
    ok: byState.ok,
    deadLettered: byState.deadLettered,
    backlog: byState.backlog,
    stuck: byState.stuck,
    lost,
    lostInHandler: lost - lostBeforeHandler,
    lostBeforeHandler,
    unseen,
    recovered: byState.recovered,
    void: byState.void,
    abortedRead: byState.abortedRead,
    phantom: counted.phantom,
    corrupt: counted.corrupt,
    reordered: counted.reordered,
    duplicates: { redelivered: counted.redelivered, producedTwice: counted.producedTwice },
    leftover: tallyLeftover(ledger),
  };
  assertAddsUp(counts);
  return counts;
}

/** Messages that a handler completed and that are still in the system, by where: they may be run again. */
function tallyLeftover(ledger: Ledger): DeliveryCounts["leftover"] {
  const sums = { ready: 0, inFlight: 0, deadLettered: 0 };
  ledger.tally().forEach((count, byte) => {
    const { completed, residue } = stateOf(byte);
    if (completed === 0) return;
    if (residue === READY) sums.ready += count;
    else if (residue === IN_FLIGHT) sums.inFlight += count;
    else if (residue === DEAD_LETTERED) sums.deadLettered += count;
  });
  return sums;
}

/** Throws `InvariantError` unless sent, acked and indeterminate each equal the sum of their parts. */
export function assertAddsUp(counts: DeliveryCounts): void {
  const sums: readonly (readonly [string, number, number])[] = [
    ["sent = acked + rejected + indeterminate", counts.sent, counts.acked + counts.rejected + counts.indeterminate],
    [
      "acked = ok + deadLettered + backlog + stuck + lost + unseen",
      counts.acked,
      counts.ok + counts.deadLettered + counts.backlog + counts.stuck + counts.lost + counts.unseen,
    ],
    ["lost = lostInHandler + lostBeforeHandler", counts.lost, counts.lostInHandler + counts.lostBeforeHandler],
    ["indeterminate = recovered + void", counts.indeterminate, counts.recovered + counts.void],
  ];
  const wrong = sums.filter(([, whole, parts]) => whole !== parts);
  if (wrong.length === 0) return;
  const detail = wrong.map(([rule, whole, parts]) => `${rule}: ${whole} is not ${parts}`).join("; ");
  throw new InvariantError(`the message counts do not add up (${detail}); this is a defect of havoq`);
}

function tallyStates(ledger: Ledger): Record<MessageState, number> {
  const sums: Record<MessageState, number> = {
    ok: 0,
    deadLettered: 0,
    backlog: 0,
    stuck: 0,
    lostInHandler: 0,
    lostBeforeHandler: 0,
    recovered: 0,
    void: 0,
    abortedRead: 0,
    rejected: 0,
  };
  ledger.tally().forEach((count, byte) => {
    sums[classifyState(byte)] += count;
  });
  return sums;
}

function tallyOutcomes(ledger: Ledger): Pick<DeliveryCounts, "acked" | "rejected" | "indeterminate"> {
  const sums = { acked: 0, rejected: 0, indeterminate: 0 };
  ledger.tally().forEach((count, byte) => {
    const { outcome } = stateOf(byte);
    if (outcome === Outcome.acked) sums.acked += count;
    else if (outcome === Outcome.rejected) sums.rejected += count;
    else sums.indeterminate += count;
  });
  return sums;
}
