import type { MessageId } from "../payload-header.js";
import type { Nanoseconds } from "../units.js";
import { classifyState } from "./classify.js";
import { type FileHeader, Kind, OutcomeCode, type RecordCursor } from "./format.js";
import type { Ledger } from "./ledger.js";

/** Lost messages ascribed to a fault: to the first that was injected after the message had been acked. */
export interface LostAtFault {
  count: number;
  earliestAckNs: Nanoseconds | null;
}

/** Second pass over the records, once the ledger is final: when the messages that were lost had been acked. */
export class LostMessages {
  readonly byFault: readonly LostAtFault[];
  /** Sequences that have been looked at, by producer and incarnation: an outcome may be recorded twice. */
  private readonly seen = new Map<string, Set<number>>();

  constructor(
    private readonly ledger: Ledger,
    /** Injection times, ascending. */
    private readonly faultsNs: readonly Nanoseconds[],
  ) {
    this.byFault = faultsNs.map(() => ({ count: 0, earliestAckNs: null }));
  }

  push(file: FileHeader, record: RecordCursor): void {
    if (record.kind !== Kind.outcome || record.flags !== OutcomeCode.acked) return;
    this.acked({ producer: file.index, incarnation: file.incarnation, sequence: record.sequence }, record.timeNs);
  }

  /** Looks at one message, acked at a time. */
  acked(id: MessageId, ackedNs: Nanoseconds): void {
    if (!classifyState(this.ledger.state(id)).startsWith("lost")) return;
    if (!this.isFirst(id)) return;
    const fault = this.byFault[this.faultsNs.findIndex((atNs) => atNs >= ackedNs)];
    if (!fault) return;
    fault.count += 1;
    fault.earliestAckNs = Math.min(fault.earliestAckNs ?? ackedNs, ackedNs);
  }

  private isFirst({ producer, incarnation, sequence }: MessageId): boolean {
    const key = `${producer}/${incarnation}`;
    const seen = this.seen.get(key) ?? new Set();
    this.seen.set(key, seen);
    const before = seen.size;
    return seen.add(sequence).size > before;
  }
}
