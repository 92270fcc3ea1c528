import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertAddsUp, classify, InvariantError } from "../../../src/record/classify.js";
import { OutcomeCode, type OutcomeName } from "../../../src/record/format.js";
import { Ledger, placeCode } from "../../../src/record/ledger.js";
import type { ResiduePlace } from "../../../src/spi/driver.js";

const NOTHING_ELSE = { phantom: 0, corrupt: 0, reordered: 0, redelivered: 0, producedTwice: 0 };
const INSPECTED = { inspected: true, anonymous: 0 };

interface Fate {
  readonly outcome: OutcomeName | "none";
  readonly started: number;
  readonly completed: number;
  readonly residue: ResiduePlace | "none";
}

const fate: fc.Arbitrary<Fate> = fc.record({
  outcome: fc.constantFrom("acked", "acked", "rejected", "indeterminate", "none"),
  started: fc.nat({ max: 5 }),
  completed: fc.nat({ max: 5 }),
  residue: fc.constantFrom("none", "none", "ready", "inFlight", "deadLettered"),
});

/** The table of the design, written a second time without bits. */
function expectedState({ outcome, started, completed, residue }: Fate): string {
  const seen = started > 0 || residue !== "none";
  if (outcome === "rejected") return seen ? "abortedRead" : "rejected";
  if (outcome !== "acked") return seen ? "recovered" : "void";
  if (completed > 0) return "ok";
  if (residue === "deadLettered") return "deadLettered";
  if (residue === "ready") return "backlog";
  if (residue === "inFlight") return "stuck";
  return started > 0 ? "lostInHandler" : "lostBeforeHandler";
}

function ledgerOf(fates: readonly Fate[]): Ledger {
  const ledger = new Ledger();
  ledger.lease(0, 0, 0, fates.length);
  fates.forEach(({ outcome, started, completed, residue }, sequence) => {
    const id = { producer: 0, incarnation: 0, sequence };
    if (outcome !== "none") ledger.outcome(id, OutcomeCode[outcome]);
    for (let i = 0; i < started; i++) ledger.started(id);
    for (let i = 0; i < completed; i++) ledger.completed(id);
    if (residue !== "none") ledger.residue(id, placeCode(residue));
  });
  return ledger;
}

describe("message ledger", () => {
  it("gives every message exactly the state of the design's table, and adds up", () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 200 }), (fates) => {
        const counts = classify(ledgerOf(fates), NOTHING_ELSE, INSPECTED);
        const expected = (state: string) => fates.filter((one) => expectedState(one) === state).length;
        expect(counts.sent).toBe(fates.length);
        for (const state of [
          "ok",
          "deadLettered",
          "backlog",
          "stuck",
          "lostInHandler",
          "lostBeforeHandler",
          "recovered",
          "void",
          "abortedRead",
        ] as const)
          expect(counts[state], state).toBe(expected(state));
        assertAddsUp(counts);
      }),
    );
  });

  it("calls what could not be inspected unseen, never lost", () => {
    const gone: Fate = { outcome: "acked", started: 0, completed: 0, residue: "none" };
    const ledger = ledgerOf([gone, gone, { ...gone, started: 1 }]);
    expect(classify(ledger, NOTHING_ELSE, { inspected: false, anonymous: 0 })).toMatchObject({ lost: 0, unseen: 3 });
    expect(classify(ledger, NOTHING_ELSE, { inspected: true, anonymous: 1 })).toMatchObject({
      lost: 2,
      unseen: 1,
      lostInHandler: 1,
    });
    expect(classify(ledger, NOTHING_ELSE, INSPECTED)).toMatchObject({ lost: 3, unseen: 0 });
  });

  it("keeps the first outcome of a publish: an answer after the time-out changes nothing", () => {
    const ledger = new Ledger();
    const id = { producer: 1, incarnation: 2, sequence: 3 };
    ledger.lease(1, 2, 0, 4);
    ledger.outcome(id, OutcomeCode.indeterminate);
    ledger.outcome(id, OutcomeCode.acked);
    expect(classify(ledger, NOTHING_ELSE, INSPECTED)).toMatchObject({ sent: 4, acked: 0, indeterminate: 4 });
  });

  it("knows no message that was never leased", () => {
    const ledger = new Ledger();
    ledger.lease(0, 0, 0, 2);
    expect(ledger.started({ producer: 0, incarnation: 0, sequence: 2 })).toBeUndefined();
    expect(ledger.started({ producer: 0, incarnation: 1, sequence: 0 })).toBeUndefined();
    expect(ledger.residue({ producer: 9, incarnation: 0, sequence: 0 }, 1)).toBe(false);
  });

  it("sees an order inversion within a key only, and remembers it over a checkpoint", () => {
    const ledger = new Ledger();
    ledger.lease(0, 0, 0, 10);
    const inverted = (of: Ledger, sequence: number, key: number) =>
      of.started({ producer: 0, incarnation: 0, sequence, key })?.inverted;
    expect([inverted(ledger, 5, 1), inverted(ledger, 3, 2), inverted(ledger, 4, 1)]).toEqual([false, false, true]);
    const later = new Ledger();
    later.restore(ledger.snapshot());
    expect([inverted(later, 2, 2), inverted(later, 6, 2), inverted(later, 1, 0)]).toEqual([true, false, false]);
  });

  it("takes one byte for a message", () => {
    const ledger = new Ledger();
    const messages = 1 << 20;
    ledger.lease(0, 0, 0, messages);
    for (let sequence = 0; sequence < messages; sequence += 97)
      ledger.started({ producer: 0, incarnation: 0, sequence });
    expect(ledger.leased).toBe(messages);
    expect(ledger.byteLength).toBeLessThanOrEqual(messages);
  });

  it("refuses counts that do not add up", () => {
    const counts = classify(
      ledgerOf([{ outcome: "acked", started: 1, completed: 1, residue: "none" }]),
      NOTHING_ELSE,
      INSPECTED,
    );
    expect(() => assertAddsUp({ ...counts, ok: 0 })).toThrow(InvariantError);
    expect(() => assertAddsUp({ ...counts, indeterminate: 1 })).toThrow(/sent = acked/);
  });
});
