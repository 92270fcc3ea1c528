import { Fold, type FoldPlan } from "../../src/record/fold.js";
import { type FileHeader, RECORD_BYTES, RecordPacker, readFileHeader } from "../../src/record/format.js";
import { mergeRecords, type RecordSource } from "../../src/record/merge.js";

/** A synthetic record file: what an agent would have written, without the agent. */
export function recording(header: Omit<FileHeader, "runTag">, write: (pack: RecordPacker) => void): RecordSource {
  const pack = new RecordPacker();
  pack.header({ ...header, runTag: 7 });
  write(pack);
  const bytes = Buffer.from(pack.take());
  let given = false;
  return {
    header: readFileHeader(bytes),
    next() {
      if (given) return null;
      given = true;
      return bytes.subarray(RECORD_BYTES);
    },
  };
}

/** A plan of one baseline phase of `seconds`. */
export function planOf(seconds: number, marks: readonly number[] = []): FoldPlan {
  return {
    phases: [{ name: "baseline", startNs: 0, endNs: seconds * 1e9 }],
    countSliceNs: 1e8,
    latencySliceNs: 1e9,
    latestNs: 1e16,
    marks,
    workerExits: [],
  };
}

/** Folds synthetic recordings. */
export function foldOf(plan: FoldPlan, sources: readonly RecordSource[]): Fold {
  const fold = new Fold(plan);
  mergeRecords(sources, (header, record) => fold.push(header, record));
  return fold;
}
