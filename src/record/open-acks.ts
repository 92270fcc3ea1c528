import type { Nanoseconds } from "../units.js";
import { type FileHeader, Kind, OutcomeCode, type RecordCursor } from "./format.js";
import { type Ledger, stateOf } from "./ledger.js";

/** When messages were acked that nobody has completed: kept of records that are removed, in case they turn out lost. */
export class OpenAcks {
  private producers: number[] = [];
  private incarnations: number[] = [];
  private sequences: number[] = [];
  private times: Nanoseconds[] = [];

  /** Takes one record that is about to go. */
  push(file: FileHeader, record: RecordCursor, ledger: Ledger): void {
    if (record.kind !== Kind.outcome || record.flags !== OutcomeCode.acked) return;
    this.keep(ledger, file.index, file.incarnation, record.sequence, record.timeNs);
  }

  /** Forgets the messages that have been completed meanwhile. */
  prune(ledger: Ledger): void {
    const before = this.snapshot();
    Object.assign(this, new OpenAcks());
    before.sequences.forEach((sequence, at) => {
      this.keep(ledger, before.producers[at] ?? 0, before.incarnations[at] ?? 0, sequence, before.times[at] ?? 0);
    });
  }

  /** Passes each message and the time of its ack to `visit`. */
  forEach(
    visit: (id: { producer: number; incarnation: number; sequence: number }, ackedNs: Nanoseconds) => void,
  ): void {
    this.sequences.forEach((sequence, at) => {
      const id = { producer: this.producers[at] ?? 0, incarnation: this.incarnations[at] ?? 0, sequence };
      visit(id, this.times[at] ?? 0);
    });
  }

  snapshot() {
    const { producers, incarnations, sequences, times } = this;
    return { producers, incarnations, sequences, times };
  }

  restore(state: ReturnType<OpenAcks["snapshot"]>): void {
    Object.assign(this, state);
  }

  private keep(ledger: Ledger, producer: number, incarnation: number, sequence: number, atNs: Nanoseconds): void {
    if (stateOf(ledger.state({ producer, incarnation, sequence })).completed > 0) return;
    this.producers.push(producer);
    this.incarnations.push(incarnation);
    this.sequences.push(sequence);
    this.times.push(atNs);
  }
}
