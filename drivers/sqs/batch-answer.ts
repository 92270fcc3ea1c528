import type { BatchResultErrorEntry } from "@aws-sdk/client-sqs";
import { RejectedError } from "../../src/spi/driver.js";

/** What SQS answers to a request of several entries, whose ids are their indexes. */
export interface BatchAnswer {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/** The outcome of each entry: `null` when it was done, `RejectedError` when it is known that it was not. */
export function entryErrors(count: number, { Successful = [], Failed = [] }: BatchAnswer): (Error | null)[] {
  const outcomes: (Error | null)[] = Array.from({ length: count }, () => new Error("SQS did not mention this entry"));
  for (const { Id } of Successful) outcomes[Number(Id)] = null;
  for (const failed of Failed) outcomes[Number(failed.Id)] = errorOf(failed);
  return outcomes;
}

/** A fault of the service's own may have come after it stored the message. */
function errorOf({ Code = "unknown", Message, SenderFault }: BatchResultErrorEntry): Error {
  const text = Message ? `${Code}: ${Message}` : Code;
  return SenderFault ? new RejectedError(text) : new Error(text);
}
