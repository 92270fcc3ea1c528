import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { RecordWriter } from "../../../src/agent/record-writer.js";
import { type Histogram, latencyStats } from "../../../src/record/histogram.js";
import { leasedIn, recordBytes } from "../../../src/store/record-files.js";
import { RunFold } from "../../../src/store/run-fold.js";
import { planOf } from "../../support/recording.js";

const MS = 1e6;
const MESSAGES = 200;
const TAG = 7;
const SEGMENT_BYTES = 1024;
const KNOWN = { inspected: true, anonymous: 0 };

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "havoq-fold-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What became of one message. */
type Fate = "completed" | "twice" | "neverStarted" | "neverCompleted" | "rejected" | "indeterminate";
const fates = fc.array(
  fc.constantFrom<Fate>(
    "completed",
    "completed",
    "twice",
    "neverStarted",
    "neverCompleted",
    "rejected",
    "indeterminate",
  ),
  { minLength: MESSAGES, maxLength: MESSAGES },
);

/** Writes what a producer and a worker would have: a message each 10 ms, delivered after 3 ms and handled in 2. */
class Agents {
  private leased = 0;
  private readonly producer: RecordWriter;
  private readonly worker: RecordWriter;
  private readonly deferred: { readonly atNs: number; readonly write: () => void }[] = [];

  constructor(directory: string, segmentBytes = Number.POSITIVE_INFINITY) {
    const common = { segmentBytes, onError: (error: unknown) => expect.fail(String(error)) };
    const header = { index: 0, incarnation: 0, runTag: TAG };
    this.producer = new RecordWriter({
      ...common,
      path: join(directory, "producer-0.0.hvr"),
      header: { ...header, role: "producer" },
      onSegment: (pack) => pack.lease({ firstSequence: 0, count: this.leased, atNs: this.leased * 10 * MS }),
    });
    const path = join(directory, "worker-0.0.hvr");
    this.worker = new RecordWriter({ ...common, path, header: { ...header, role: "worker" } });
  }

  message(sequence: number, fate: Fate): void {
    const dueNs = sequence * 10 * MS;
    this.leased = sequence + 1;
    this.producer.pack.lease({ firstSequence: sequence, count: 1, atNs: dueNs });
    const outcome = fate === "rejected" || fate === "indeterminate" ? fate : "acked";
    const times = { sequence, dueNs, sentNs: dueNs, doneNs: dueNs + MS };
    this.producer.pack.outcome({ outcome, level: "broker", errorCode: 0, ...times });
    this.producer.flush();
    if (outcome === "acked" && fate !== "neverStarted") this.deliver(sequence, dueNs + 3 * MS, fate);
    // Again after a second: in another segment, and perhaps after the first delivery's was folded.
    if (fate === "twice")
      this.deferred.push({ atNs: dueNs + 1000 * MS, write: () => this.deliver(sequence, dueNs + 1000 * MS, fate) });
    while ((this.deferred[0]?.atNs ?? Number.POSITIVE_INFINITY) < dueNs + 10 * MS) this.deferred.shift()?.write();
  }

  close(): void {
    for (const { write } of this.deferred) write();
    this.producer.close();
    this.worker.close();
  }

  private deliver(sequence: number, atNs: number, fate: Fate): void {
    const id = { producer: 0, incarnation: 0, sequence };
    this.worker.pack.started({
      ...id,
      key: 0,
      redelivered: atNs > sequence * 10 * MS + 3 * MS,
      dueNs: sequence * 10 * MS,
      atNs,
    });
    if (fate !== "neverCompleted") {
      this.worker.pack.handled("completed", id, atNs + 2 * MS);
      this.worker.pack.settled(id, atNs, atNs + 2 * MS);
    }
    this.worker.flush();
  }
}

const plan = planOf(10, [500 * MS, 1500 * MS, 2500 * MS]);
const faultsNs = [500 * MS, 1500 * MS, 2500 * MS];

/** Without the encoding, which also says how far the histogram could have grown. */
const figuresOf = (histogram: Histogram) => ({ ...latencyStats(histogram), histogram: "" });

/** Everything that a result is built from. */
function resultOf(run: RunFold) {
  const { fold } = run;
  return {
    delivery: fold.delivery(KNOWN),
    lost: run.lostByFault(faultsNs),
    marks: [...fold.open.marks],
    latencies: [...fold.histograms].map(([phase, { endToEnd, publish, handle }]) => [
      phase,
      ...[endToEnd, publish, handle].map(figuresOf),
    ]),
    counts: [fold.sent, fold.acked, fold.delivered, fold.completed, fold.errors].map(({ counts }) => counts),
    slices: [fold.publishSlices.series(10), fold.endToEndSlices.series(10), fold.endToEndSlices.heatmap(10)],
    errors: [...fold.recordedErrors.values()],
    workers: fold.workers,
    ackLevels: fold.ackLevels,
  };
}

describe("records that are folded and removed while a run lasts", () => {
  it("give the same result as all records folded at the end, whenever it happened and whoever went on", async () => {
    await fc.assert(
      fc.asyncProperty(
        fates,
        fc.array(fc.nat({ max: MESSAGES - 1 }), { maxLength: 5 }),
        fc.boolean(),
        async (all, stops, restarts) => {
          const [directory, kept] = [temporary(), temporary()];
          const [agents, keeping] = [new Agents(directory, SEGMENT_BYTES), new Agents(kept)];
          let run = new RunFold(directory, plan, TAG);
          for (const [sequence, fate] of all.entries()) {
            agents.message(sequence, fate);
            keeping.message(sequence, fate);
            if (!stops.includes(sequence)) continue;
            await run.foldAndRemove((sequence - 5) * 10 * MS, async () => {});
            if (restarts) run = new RunFold(directory, plan, TAG);
          }
          agents.close();
          keeping.close();
          run.foldAll();
          const whole = new RunFold(kept, plan, TAG);
          whole.foldAll();
          expect(resultOf(run)).toEqual(resultOf(whole));
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  }, 120_000);

  it("are gone from the disk, but for what is still written to", async () => {
    const directory = temporary();
    const agents = new Agents(directory, SEGMENT_BYTES);
    const run = new RunFold(directory, plan, TAG);
    let most = 0;
    for (let sequence = 0; sequence < MESSAGES; sequence++) {
      agents.message(sequence, "completed");
      if (sequence % 20 === 0) await run.foldAndRemove((sequence - 5) * 10 * MS, async () => {});
      most = Math.max(most, recordBytes(directory).all);
    }
    agents.close();
    // 25 messages of 160 bytes that may not be folded yet, and a segment under way for each of the two processes.
    expect(most).toBeLessThan(25 * 160 + 2 * 2 * SEGMENT_BYTES);
    expect(leasedIn(directory, "producer-0.0.hvr")).toBe(MESSAGES);
  });

  it("a process that never got to its first record has leased nothing", () => {
    expect(leasedIn(temporary(), "producer-0.0.hvr")).toBe(0);
  });
});
