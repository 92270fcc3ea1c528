/** A record that no agent writes which keeps to the protocol; whoever knows its file says where it is. */
export class RecordError extends Error {
  override readonly name = "RecordError";

  constructor(
    message: string,
    /** The likely mistake. */
    readonly hint: string,
  ) {
    super(message);
  }
}
