/** How fast records are packed, read back in order, and folded. */

import { COUNT_SLICE_NS, latencySliceNs } from "../dist/src/load/phases.js";
import { Fold } from "../dist/src/record/fold.js";
import { mergeRecords } from "../dist/src/record/merge.js";
import { openRecords } from "../dist/src/store/record-files.js";
import { nowSeconds } from "./lib/machine.mjs";
import { benchmark, equal } from "./lib/report.mjs";
import { scaledCount } from "./lib/scale.mjs";
import { expectedCounts, writeRecords } from "./lib/synthetic.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

const MULTIPLE = 1000;
const messages = Math.max(1, Math.round(scaledCount(2_000_000) / MULTIPLE)) * MULTIPLE;

/**
 * @template T
 * @param {() => T} work
 */
function timed(work) {
  const begin = nowSeconds();
  const value = work();
  return { value, seconds: nowSeconds() - begin };
}

/** @param {string} directory @param {Parameters<typeof mergeRecords>[1]} visit */
function readInOrder(directory, visit) {
  const records = openRecords(directory);
  mergeRecords(records.sources, visit);
  records[Symbol.dispose]();
}

/** @param {string} directory @param {number} loadEndNs */
function foldAll(directory, loadEndNs) {
  const third = loadEndNs / 3;
  const phases = /** @type {const} */ (["baseline", "chaos", "recovery"]).map((name, index) => ({
    name,
    startNs: index * third,
    endNs: (index + 1) * third,
  }));
  const slices = {
    countSliceNs: COUNT_SLICE_NS,
    latencySliceNs: latencySliceNs(phases),
    latestNs: Number.MAX_SAFE_INTEGER,
  };
  const fold = new Fold({ phases, ...slices, marks: [third, 2 * third], workerExits: [] });
  readInOrder(directory, (file, record) => fold.push(file, record));
  return fold.delivery({ inspected: true, anonymous: 0 });
}

/** @param {string} step @param {number} records @param {number} seconds */
const row = (step, records, seconds) => ({
  step,
  messages,
  records,
  seconds,
  messagesPerSecond: Math.round(messages / seconds),
  recordsPerSecond: Math.round(records / seconds),
});

await benchmark("fold", "records packed, merged and folded per second", () =>
  withTemporaryDirectory(async (directory) => {
    const written = timed(() => writeRecords(directory, messages));
    const { records, loadEndNs } = written.value;
    let visited = 0;
    const merged = timed(() =>
      readInOrder(directory, () => {
        visited += 1;
      }),
    );
    const folded = timed(() => foldAll(directory, loadEndNs));
    const rows = [
      row("pack and write", records, written.seconds),
      row("read and merge", visited, merged.seconds),
      row("read, merge and fold", records, folded.seconds),
    ];
    /** @type {Record<string, unknown>} */
    const counts = { ...folded.value, redelivered: folded.value.duplicates.redelivered };
    const checks = Object.entries(expectedCounts(messages)).map(([name, count]) =>
      equal(name, Number(counts[name]), count),
    );
    return { rows, checks: [equal("records read back", visited, records), ...checks] };
  }),
);
