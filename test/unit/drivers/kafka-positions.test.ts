import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Offsets } from "../../../drivers/kafka/cluster.js";
import { Committer } from "../../../drivers/kafka/committer.js";
import { Positions } from "../../../drivers/kafka/positions.js";
import { eventually } from "../../support/eventually.js";

describe("what a Kafka member takes", () => {
  it("takes each offset once, in their order", () => {
    const positions = owning(0);
    expect([0, 1, 1, 0, 2].map((offset) => positions.take(0, offset))).toEqual([
      "next",
      "next",
      "taken",
      "taken",
      "next",
    ]);
    expect(positions.take(7, 0)).toBe("taken");
  });

  it("sees that a new member's first message is not the one that the group has committed", () => {
    const positions = owning(0, 165);
    positions.joined([0], false);
    positions.begin(0, 114);
    expect(positions.take(0, 165)).toBe("gap");
    positions.begin(0, 114);
    expect(positions.take(0, 114)).toBe("next");
  });

  it("takes nothing before the library has said where it begins", () => {
    const positions = new Positions();
    positions.joined([0], false);
    expect(positions.take(0, 165)).toBe("gap");
  });

  it("goes on behind what it has taken when it stays the same member", () => {
    const positions = owning(0, 165);
    positions.joined([0, 1], true);
    positions.begin(0, 114);
    expect([positions.holds(0), positions.holds(1)]).toEqual([true, false]);
    expect([114, 164, 165].map((offset) => positions.take(0, offset))).toEqual(["taken", "taken", "next"]);
  });

  it("takes everything again that was forgotten", () => {
    const positions = owning(0, 165);
    positions.forget();
    positions.begin(0, 114);
    expect(positions.take(0, 114)).toBe("next");
  });

  it("believes in a gap of the log itself when it finds it a second time", () => {
    const positions = owning(0, 10);
    expect(positions.take(0, 20)).toBe("gap");
    positions.begin(0, 5);
    expect([5, 9, 20, 21].map((offset) => positions.take(0, offset))).toEqual(["taken", "taken", "next", "next"]);
  });
});

describe("the committer", () => {
  it("puts nothing back that was forgotten while its commit failed", async () => {
    const commits: number[] = [];
    const attempts: ((error: Error | null) => void)[] = [];
    const committer = new Committer({
      intervalMs: 0,
      commit: async (offsets: Offsets) => {
        const error = await new Promise<Error | null>((resolve) => attempts.push(resolve));
        if (error) throw error;
        commits.push(...offsets.values());
      },
      isStale: () => false,
      onError: () => {},
    });
    committer.want(0, 165);
    await eventually(
      () => attempts.length,
      (count) => count === 1,
    );
    committer.forget();
    attempts[0]?.(new Error("the connection was lost"));
    await sleep(1);
    committer.want(1, 7);
    await eventually(
      () => attempts.length,
      (count) => count === 2,
    );
    attempts[1]?.(null);
    await committer.flush();
    expect(commits).toEqual([7]);
  });
});

/** A member that owns a partition from its first message on, and has taken so many of it. */
function owning(partition: number, taken = 0): Positions {
  const positions = new Positions();
  positions.joined([partition], false);
  positions.begin(partition, 0);
  for (let offset = 0; offset < taken; offset++) positions.take(partition, offset);
  return positions;
}
