import { expect, it } from "vitest";
import { Committer } from "../../../drivers/kafka/committer.js";

it("waits at its end for what can be committed", async () => {
  const committed: [number, number][] = [];
  const committer = new Committer({
    intervalMs: 60_000,
    commit: async (offsets) => void committed.push(...offsets),
    isStale: () => false,
    onError: () => {},
  });
  committer.want(0, 7);
  committer.want(1, 3);
  await committer.flush();
  expect(committed).toEqual([
    [0, 7],
    [1, 3],
  ]);
});

for (const [title, commit] of [
  ["is refused for ever", () => Promise.reject(new Error("NOT_COORDINATOR"))],
  ["is never answered", () => new Promise<void>(() => {})],
] as const) {
  it(`gives up at its end what ${title}, and says so`, async () => {
    const errors: string[] = [];
    const onError = (error: unknown) => errors.push(String(error));
    const committer = new Committer({ intervalMs: 0, commit, isStale: () => false, onError });
    committer.want(0, 7);
    await committer.flush(50);
    expect(errors.at(-1)).toBe("Error: the last offsets could not be committed within 0.05 s");
  });
}
