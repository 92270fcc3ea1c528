import { expect, it } from "vitest";
import { attributesOf, prioritiesOf, producerSeed } from "../../../src/load/attributes.js";
import { Fold } from "../../../src/record/fold.js";
import { mergeRecords } from "../../../src/record/merge.js";
import { planOf, recording } from "../../support/recording.js";

const SHARES = [
  { priority: 1, weight: 3 },
  { priority: 9, weight: 1 },
];
const SEED = 5;

/** Producer 0 dies after 300 messages; its successor sends 300 more. High priorities take 1 ms, low ones 50 ms. */
function sources() {
  const sent = attributesOf({
    keys: null,
    priorities: SHARES,
    seed: producerSeed(SEED, 0),
    producers: 1,
    producer: 0,
  });
  const producers = [0, 1].map((incarnation) =>
    recording({ role: "producer", index: 0, incarnation }, (pack) => {
      pack.lease({ firstSequence: 0, count: 300, atNs: incarnation * 3e9 });
    }),
  );
  const worker = recording({ role: "worker", index: 0, incarnation: 0 }, (pack) => {
    for (let index = 0; index < 600; index++) {
      const dueNs = index * 1e7;
      const latencyNs = sent(index).priority === 9 ? 1e6 : 50e6;
      const id = { producer: 0, incarnation: Math.floor(index / 300), sequence: index % 300 };
      pack.started({ ...id, key: 0, redelivered: false, dueNs, atNs: dueNs + latencyNs });
    }
  });
  return {
    all: [...producers, worker],
    high: Array.from({ length: 600 }, (_, i) => sent(i).priority).filter((p) => p === 9),
  };
}

it("keeps latencies apart by priority, also of a producer's successor, and over a checkpoint", () => {
  const plan = { ...planOf(10), priorityOf: prioritiesOf(SHARES, SEED) };
  const { all, high } = sources();
  const first = new Fold(plan);
  let count = 0;
  const later = new Fold(plan);
  mergeRecords(all, (header, record) => {
    if (count === 400) later.restore(first.snapshot());
    (count++ < 400 ? first : later).push(header, record);
  });
  const [low, urgent] = [1, 9].map((priority) => later.priorities.get(priority));
  expect(high.length).toBeGreaterThan(100);
  expect([urgent?.totalCount, low?.totalCount]).toEqual([high.length, 600 - high.length]);
  expect((urgent?.maxValue ?? 0) / 1e6).toBeCloseTo(1, 1);
  expect((low?.getValueAtPercentile(1) ?? 0) / 1e6).toBeCloseTo(50, 0);
});

it("leaves the warm-up out, and is nothing without priorities", () => {
  const phases = [
    { name: "warmup" as const, startNs: 0, endNs: 2e9 },
    { name: "baseline" as const, startNs: 2e9, endNs: 10e9 },
  ];
  const folded = (plan: ConstructorParameters<typeof Fold>[0]) => {
    const fold = new Fold(plan);
    mergeRecords(sources().all, (header, record) => fold.push(header, record));
    return [...fold.priorities.values()].reduce((sum, { totalCount }) => sum + totalCount, 0);
  };
  expect(folded({ ...planOf(10), phases, priorityOf: prioritiesOf(SHARES, SEED) })).toBe(400);
  expect(folded({ ...planOf(10), phases })).toBe(0);
});
