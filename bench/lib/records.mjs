import { Kind, OutcomeCode, RECORD_BYTES, RecordCursor } from "../../dist/src/record/format.js";
import { openRecords } from "../../dist/src/store/record-files.js";

/** @typedef {import("../../dist/src/record/format.js").FileHeader} FileHeader */

/**
 * Visits every record of every file in a directory, file by file.
 * @param {string} directory
 * @param {(record: RecordCursor, file: FileHeader) => void} visit
 */
export function eachRecord(directory, visit) {
  const records = openRecords(directory);
  const cursor = new RecordCursor();
  for (const source of records.sources) {
    for (let chunk = source.next(); chunk !== null; chunk = source.next()) {
      for (let at = 0; at < chunk.length; at += RECORD_BYTES) visit(cursor.place(chunk, at), source.header);
    }
  }
  records[Symbol.dispose]();
}

/**
 * Sent minus due, in ns, of the messages that were due in a stretch of time, whatever became of them.
 * @param {string} directory
 * @param {number} fromNs
 * @param {number} toNs
 * @returns {number[]}
 */
export function publishDelays(directory, fromNs, toNs) {
  /** @type {number[]} */
  const delays = [];
  eachRecord(directory, (record) => {
    if (record.kind !== Kind.outcome) return;
    const dueNs = record.outcomeDueNs;
    if (dueNs >= fromNs && dueNs < toNs) delays.push(record.middleNs - dueNs);
  });
  return delays;
}

/**
 * What agents recorded in a stretch of time; `notAcked` counts the rejected and indeterminate.
 * @param {string} directory
 * @param {number} fromNs
 * @param {number} toNs
 */
export function countBetween(directory, fromNs, toNs) {
  const counts = { acked: 0, notAcked: 0, completed: 0 };
  eachRecord(directory, (record) => {
    const { kind, timeNs } = record;
    if (timeNs < fromNs || timeNs >= toNs) return;
    if (kind === Kind.completed) counts.completed += 1;
    else if (kind === Kind.outcome) counts[record.flags === OutcomeCode.acked ? "acked" : "notAcked"] += 1;
  });
  return counts;
}
