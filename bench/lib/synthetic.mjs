/** Record files as a run would leave them, of messages whose fate is known. */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createSchedule } from "../../dist/src/load/schedule.js";
import { RecordPacker } from "../../dist/src/record/format.js";

/** Messages per second of both producers together. */
const RATE_PER_SECOND = 20_000;
const PRODUCERS = 2;
const BATCH = 50;
const FLUSH_BYTES = 1 << 20;

/** One message in a thousand has each of these fates; the others are delivered and completed once. */
const Fate = { rejected: 0, neverStarted: 1, neverCompleted: 2, deliveredTwice: 3 };
const FATES_REPEAT = 1000;

/** A record file that is being written, and how many records it has. */
class File {
  pack = new RecordPacker();
  records = 0;

  /** @param {string} directory @param {"producer" | "worker"} role @param {number} index */
  constructor(directory, role, index) {
    this.descriptor = openSync(join(directory, `${role}-${index}.hvr`), "wx");
    this.pack.header({ role, index, incarnation: 0, runTag: 1 });
  }

  flush() {
    const packed = this.pack.take();
    for (let at = 0; at < packed.length; ) at += writeSync(this.descriptor, packed, at);
  }

  close() {
    this.flush();
    closeSync(this.descriptor);
  }
}

/**
 * Writes the records of `messages` messages (a multiple of 100): two producers, two workers, in batches of 50.
 * @param {string} directory
 * @param {number} messages
 * @returns {{ records: number, loadEndNs: number }} Records written, and when the last message was due.
 */
export function writeRecords(directory, messages) {
  const indexes = Array.from({ length: PRODUCERS }, (_, index) => index);
  const producers = indexes.map((index) => new File(directory, "producer", index));
  const workers = indexes.map((index) => new File(directory, "worker", index));
  const batches = messages / PRODUCERS / BATCH;
  for (let batch = 0; batch < batches; batch++) {
    producers.forEach((producer, index) => {
      // The workers take turns, so that each has messages of both producers.
      const worker = workers[(batch + index) % PRODUCERS];
      if (worker) writeBatch(producer, worker, index, batch);
    });
    for (const file of [...producers, ...workers]) if (file.pack.size > FLUSH_BYTES) file.flush();
  }
  for (const file of [...producers, ...workers]) file.close();
  const records = [...producers, ...workers].reduce((sum, file) => sum + file.records, 0);
  return { records, loadEndNs: (messages / RATE_PER_SECOND) * 1e9 };
}

/**
 * The whole life of one batch, which ends before the next of these two files begins.
 * @param {File} producer
 * @param {File} worker
 * @param {number} index
 * @param {number} batch
 */
function writeBatch(producer, worker, index, batch) {
  const schedule = createSchedule({
    rate: /** @type {import("../../dist/src/units.js").PerSecond} */ (RATE_PER_SECOND),
    arrivals: "even",
    seed: 1,
    producers: PRODUCERS,
    producer: index,
  });
  const first = batch * BATCH;
  const startNs = schedule.dueNs(first + BATCH - 1);
  // Between 1 and 20 us a message: the latencies of a run are not all alike.
  const stepNs = 1000 + ((batch * 7919) % 19_000);
  producer.pack.lease({ firstSequence: first, count: BATCH, atNs: startNs });
  producer.records += 1;
  for (let sequence = first; sequence < first + BATCH; sequence++) {
    const atNs = startNs + 100_000 + (sequence - first) * stepNs;
    const outcome = sequence % FATES_REPEAT === Fate.rejected ? "rejected" : "acked";
    const sentNs = startNs + (sequence - first) * 1000;
    const dueNs = schedule.dueNs(sequence);
    producer.pack.outcome({ outcome, level: "broker", errorCode: 0, sequence, dueNs, sentNs, doneNs: atNs });
    producer.records += 1;
  }
  const deliveredNs = startNs + 1_200_000;
  for (let sequence = first; sequence < first + BATCH; sequence++) {
    handle(
      worker,
      { producer: index, incarnation: 0, sequence },
      schedule.dueNs(sequence),
      deliveredNs + (sequence - first) * stepNs,
    );
  }
}

/**
 * @param {File} worker
 * @param {import("../../dist/src/payload-header.js").MessageId} id
 * @param {number} dueNs
 * @param {number} atNs
 */
function handle(worker, id, dueNs, atNs) {
  const fate = id.sequence % FATES_REPEAT;
  if (fate === Fate.rejected || fate === Fate.neverStarted) return;
  const { pack } = worker;
  const { producer, incarnation, sequence } = id;
  // No spread: it costs more than the packing that is measured.
  pack.started({ producer, incarnation, sequence, redelivered: false, key: 0, dueNs, atNs });
  worker.records += 1;
  if (fate === Fate.neverCompleted) return;
  if (fate === Fate.deliveredTwice) {
    pack.started({ producer, incarnation, sequence, redelivered: true, key: 0, dueNs, atNs });
    worker.records += 1;
  }
  pack.handled("completed", id, atNs + 300);
  pack.settled(id, atNs, atNs + 600);
  worker.records += 2;
}

/**
 * What a fold of these records must count.
 * @param {number} messages
 */
export function expectedCounts(messages) {
  const perProducer = messages / PRODUCERS;
  const each = (/** @type {number} */ fate) => PRODUCERS * Math.ceil((perProducer - fate) / FATES_REPEAT);
  return {
    sent: messages,
    acked: messages - each(Fate.rejected),
    rejected: each(Fate.rejected),
    ok: messages - each(Fate.rejected) - each(Fate.neverStarted) - each(Fate.neverCompleted),
    lostBeforeHandler: each(Fate.neverStarted),
    lostInHandler: each(Fate.neverCompleted),
    redelivered: each(Fate.deliveredTwice),
  };
}
