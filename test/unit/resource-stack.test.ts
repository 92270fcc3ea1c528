import { expect, it } from "vitest";
import { firstFailure, ResourceStack } from "../../src/resource-stack.js";

const resource = (name: string, closed: string[], failure?: Error) => ({
  [Symbol.asyncDispose]: async () => {
    closed.push(name);
    if (failure) throw failure;
  },
});

it("closes what was opened half-way, the last first, whatever one of them throws", async () => {
  const closed: string[] = [];
  const open = async () => {
    await using opened = new ResourceStack();
    opened.use(resource("broker", closed, new Error("broker does not end")));
    opened.use(null);
    opened.use(resource("proxy", closed, new Error("proxy does not end")));
    opened.defer(() => closed.push("log"));
    throw new Error("no queues");
  };
  const failure = await open().catch(firstFailure);
  expect(failure).toEqual(new Error("no queues"));
  expect(closed).toEqual(["log", "proxy", "broker"]);
});

it("leaves what was handed over to its new owner", async () => {
  const closed: string[] = [];
  const open = async () => {
    await using opened = new ResourceStack();
    opened.use(resource("broker", closed));
    return opened.move();
  };
  const moved = await open();
  expect(closed).toEqual([]);
  await moved[Symbol.asyncDispose]();
  await moved[Symbol.asyncDispose]();
  expect(closed).toEqual(["broker"]);
});

it("throws the first failure of those that come while closing", async () => {
  const close = async () => {
    await using opened = new ResourceStack();
    opened.use(resource("broker", [], new Error("broker does not end")));
    opened.use(resource("proxy", [], new Error("proxy does not end")));
  };
  await expect(close()).rejects.toThrow("proxy does not end");
  expect(firstFailure("no error")).toBe("no error");
});
