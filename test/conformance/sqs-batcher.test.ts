import { describe, expect, it } from "vitest";
import { entryErrors } from "../../drivers/sqs/batch-answer.js";
import { Batcher } from "../../drivers/sqs/batcher.js";
import { RejectedError } from "../../src/spi/driver.js";

/** A batcher of words such as "a1", whose first letter is the lane; each request ends when it is told to. */
function wordBatcher(most: number, { lanes = false, mostBytes = 1000 } = {}) {
  const requests: { readonly words: readonly string[]; readonly end: (outcomes?: (Error | null)[]) => void }[] = [];
  const batcher = new Batcher<string>({
    most,
    mostBytes,
    lingerMs: 0,
    bytesOf: (word) => word.length,
    laneOf: (word) => (lanes ? word.slice(0, 1) : null),
    send: (words) =>
      new Promise((resolve) => {
        requests.push({ words, end: (outcomes = words.map(() => null)) => resolve(outcomes) });
      }),
  });
  return { batcher, requests, sent: () => requests.map(({ words }) => words.join(" ")) };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("putting calls together", () => {
  it("sends what comes in one turn together, and full requests at once", async () => {
    const { batcher, sent } = wordBatcher(3);
    for (const word of ["a", "b", "c", "d"]) void batcher.add(word);
    expect(sent()).toEqual(["a b c"]);
    await turn();
    expect(sent()).toEqual(["a b c", "d"]);
  });

  it("keeps a request below its size, but sends a longer message alone", async () => {
    const { batcher, sent } = wordBatcher(3, { mostBytes: 4 });
    for (const word of ["aaa", "bb", "cccccc"]) void batcher.add(word);
    await turn();
    expect(sent()).toEqual(["aaa", "bb", "cccccc"]);
  });

  it("has one request of a lane under way, in order, while other lanes go on", async () => {
    const { batcher, requests, sent } = wordBatcher(2, { lanes: true });
    for (const word of ["a1", "a2", "a3", "b1", "a4"]) void batcher.add(word);
    await turn();
    expect(sent()).toEqual(["a1 a2", "b1"]);
    requests[0]?.end();
    await turn();
    expect(sent()).toEqual(["a1 a2", "b1", "a3 a4"]);
  });

  it("gives each call its own outcome", async () => {
    const { batcher, requests } = wordBatcher(3);
    const outcomes = ["a", "b", "c"].map((word) =>
      batcher.add(word).then(
        () => "done",
        (error: Error) => error.message,
      ),
    );
    requests[0]?.end([null, new Error("no")]);
    expect(await Promise.all(outcomes)).toEqual(["done", "no", expect.stringContaining("without a word")]);
  });
});

describe("the answer to a batch", () => {
  it("tells a refusal from an outcome that nobody knows", () => {
    const outcomes = entryErrors(4, {
      Successful: [{ Id: "0" }],
      Failed: [
        { Id: "1", SenderFault: true, Code: "InvalidMessageContents", Message: "bad" },
        { Id: "2", SenderFault: false, Code: "InternalError" },
      ],
    });
    expect(outcomes[0]).toBeNull();
    expect(outcomes[1]).toBeInstanceOf(RejectedError);
    for (const unknown of outcomes.slice(2)) {
      expect(unknown).toBeInstanceOf(Error);
      expect(unknown).not.toBeInstanceOf(RejectedError);
    }
  });
});
