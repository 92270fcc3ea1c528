/** One message as it is sent. */
export interface OutgoingRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
}

/** What both client libraries can do for a producer. */
export interface Sender {
  /** Sends one batch to one partition; resolves when it is confirmed as the options ask, throws the library's error. */
  send(partition: number, records: readonly OutgoingRecord[]): Promise<void>;
  /** Drops the connections; what is unanswered is rejected. */
  close(): Promise<void>;
}
