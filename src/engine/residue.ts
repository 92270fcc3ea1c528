import { RecordWriter } from "../agent/record-writer.js";
import { openPayload, runTag } from "../payload-header.js";
import type { ResidueKnowledge } from "../record/classify.js";
import { answered } from "../time.js";
import type { Stage } from "./stage.js";

const DEADLINE_MS = 60_000;
/** Whoever interrupts a run wants it to end. */
const INTERRUPTED_DEADLINE_MS = 10_000;

/** Lists what is left in the system into a record file; with an error, nothing is claimed to be known. */
export async function inspectResidue(
  stage: Stage,
  file: string,
  atNs: number,
  interrupted: boolean,
): Promise<{ knowledge: ResidueKnowledge; error: string | null }> {
  const unknown = { inspected: false, anonymous: 0 };
  if (stage.traits.can.inspects.length === 0) return { knowledge: unknown, error: null };
  if (stage.brokerExits.length > 0 && stage.broker?.pid === null)
    return { knowledge: unknown, error: "the broker is gone" };
  try {
    const anonymous = await answered(
      writeResidue(stage, file, atNs),
      interrupted ? INTERRUPTED_DEADLINE_MS : DEADLINE_MS,
    );
    return { knowledge: { inspected: true, anonymous }, error: null };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { knowledge: unknown, error: text };
  }
}

/** Answers how many messages were counted but could not be read. */
async function writeResidue(stage: Stage, file: string, atNs: number): Promise<number> {
  const tag = runTag(stage.runId);
  let failure: unknown = null;
  const writer = new RecordWriter({
    path: file,
    header: { role: "residue", index: 0, incarnation: 0, runTag: tag },
    onError: (error) => {
      failure = error;
    },
  });
  let anonymous = 0;
  try {
    for await (const left of stage.admin.residue()) {
      if (!("payload" in left)) {
        anonymous += left.count;
        continue;
      }
      const header = openPayload(left.payload, tag);
      if (typeof header === "string") writer.pack.stray(header, atNs);
      else writer.pack.residue(header, left.place, atNs);
      if (writer.pack.size > 1 << 16) writer.flush();
    }
  } finally {
    writer.close();
  }
  if (failure !== null) throw failure;
  return anonymous;
}
