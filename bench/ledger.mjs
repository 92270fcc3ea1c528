/** P6 of the design: what the ledger needs to remember 100 million messages. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Ledger, Outcome, stateOf } from "../dist/src/record/ledger.js";
import { nowSeconds } from "./lib/machine.mjs";
import { atMost, benchmark, equal } from "./lib/report.mjs";
import { scaledCount } from "./lib/scale.mjs";

const PRODUCERS = 4;
const LEASE = 100;
const PAGE_BYTES = 65_536;
const perProducer = Math.max(1, Math.round(scaledCount(100_000_000) / PRODUCERS / LEASE)) * LEASE;
const messages = perProducer * PRODUCERS;

setFlagsFromString("--expose-gc");
/** @type {() => void} */
const collectGarbage = runInNewContext("gc");

/** Resident bytes of this process, without garbage. */
function residentBytes() {
  collectGarbage();
  return process.memoryUsage.rss();
}

/** Tells a ledger of everything that happens to a message, in the order of a run. */
function fill(/** @type {Ledger} */ ledger) {
  const id = { producer: 0, incarnation: 0, sequence: 0 };
  for (let first = 0; first < perProducer; first += LEASE) {
    for (id.producer = 0; id.producer < PRODUCERS; id.producer++) {
      ledger.lease(id.producer, 0, first, LEASE);
      for (id.sequence = first; id.sequence < first + LEASE; id.sequence++) {
        ledger.outcome(id, Outcome.acked);
        ledger.started(id);
        ledger.completed(id);
      }
    }
  }
}

/** Messages that the ledger knows as acked, started once and completed once. */
function inOrder(/** @type {Ledger} */ ledger) {
  return ledger.tally().reduce((sum, count, byte) => {
    const { outcome, started, completed, residue } = stateOf(byte);
    const fine = outcome === Outcome.acked && started === 1 && completed === 1 && residue === 0;
    return fine ? sum + count : sum;
  }, 0);
}

await benchmark(
  "ledger",
  "memory of the message ledger: outcome, delivery and completion of each message",
  async () => {
    const before = residentBytes();
    const begin = nowSeconds();
    const ledger = new Ledger();
    fill(ledger);
    const seconds = nowSeconds() - begin;
    const grownBytes = residentBytes() - before;
    const peakBytes = process.resourceUsage().maxRSS * 1024 - before;
    const row = {
      messages,
      producers: PRODUCERS,
      ledgerBytesPerMessage: ledger.byteLength / messages,
      residentBytesPerMessage: grownBytes / messages,
      peakResidentBytesPerMessage: peakBytes / messages,
      seconds,
      messagesPerSecond: Math.round(messages / seconds),
    };
    const lastPages = PRODUCERS * PAGE_BYTES;
    const checks = [
      atMost(
        "bytes of the ledger: 1 a message, and each producer's last page in full",
        ledger.byteLength,
        messages + lastPages,
      ),
      equal("messages acked, started and completed", inOrder(ledger), messages),
    ];
    return {
      rows: [row],
      checks,
      notes: ["resident: growth of the whole process, after and before a garbage collection"],
    };
  },
);
