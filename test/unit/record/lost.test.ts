import { describe, expect, it } from "vitest";
import { OutcomeCode } from "../../../src/record/format.js";
import { Ledger } from "../../../src/record/ledger.js";
import { LostMessages } from "../../../src/record/lost.js";

describe("the messages that a fault lost", () => {
  it("are counted once, whatever was recorded twice", () => {
    const ledger = new Ledger();
    ledger.lease(0, 0, 0, 2);
    const ids = [0, 1].map((sequence) => ({ producer: 0, incarnation: 0, sequence }));
    for (const id of ids) ledger.outcome(id, OutcomeCode.acked);
    const lost = new LostMessages(ledger, [5e9, 9e9]);
    for (const [ackedNs, id] of [
      [1e9, 0],
      [2e9, 1],
      [3e9, 0],
      [7e9, 1],
    ] as const) {
      const known = ids[id];
      if (known) lost.acked(known, ackedNs);
    }
    expect(lost.byFault).toEqual([
      { count: 2, earliestAckNs: 1e9 },
      { count: 0, earliestAckNs: null },
    ]);
  });
});
