import { describe, expect, it } from "vitest";
import { dial, effect, pattern, someTurns, startEcho, startPath, startRig, startServer, until } from "./support.js";

describe("partition", () => {
  it("holds everything, closes nothing, and goes on intact at the heal", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("split#1", "all", effect({ partition: true }));
    const up = pattern(4 * 1024 * 1024);
    const down = pattern(3 * 1024 * 1024);
    client.socket.end(up);
    broker.socket.end(down);
    await someTurns();
    expect([client.bytes, broker.bytes]).toEqual([0, 0]);
    expect([client.ended, broker.ended, client.closed, broker.closed]).toEqual([false, false, false, false]);
    proxy.heal("split#1");
    await until(() => client.closed && broker.closed, "close of both ends");
    expect(broker.received.equals(up)).toBe(true);
    expect(client.received.equals(down)).toBe(true);
    expect([client.error, broker.error]).toEqual([undefined, undefined]);
  });

  it("accepts a new connection, and makes it upstream only at the heal", async () => {
    const echo = await startEcho();
    const { proxy, port } = await startRig(echo.port);
    proxy.inject("split#1", "producers", effect({ partition: true, direction: "down" }));
    const client = await dial(port);
    client.socket.write("early");
    await someTurns();
    expect([echo.ends.length, client.closed]).toEqual([0, false]);
    proxy.heal("split#1");
    await until(() => client.text === "early", "answer");
  });

  it("can hold one direction only", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("split#1", "all", effect({ partition: true, direction: "down" }));
    client.socket.write("question");
    broker.socket.write("answer");
    await until(() => broker.text === "question", "question");
    await someTurns();
    expect(client.bytes).toBe(0);
    proxy.heal("split#1");
    await until(() => client.text === "answer", "answer");
  });

  it("holds what is in a delay line too", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("slow#1", "all", effect({ latency: 100 }));
    client.socket.write("on the wire");
    await new Promise((resolve) => setTimeout(resolve, 10));
    proxy.inject("split#1", "all", effect({ partition: true }));
    await someTurns(130);
    expect(broker.bytes).toBe(0);
    proxy.heal("split#1");
    await until(() => broker.text === "on the wire", "arrival");
  });

  it("holds until the last of two partitions is healed", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("split#1", "all", effect({ partition: true }));
    proxy.inject("split#2", "producers", effect({ partition: true }));
    client.socket.write("held");
    proxy.heal("split#1");
    await someTurns();
    expect(broker.bytes).toBe(0);
    proxy.heal("split#2");
    await until(() => broker.text === "held", "arrival");
  });

  it("delivers what a client sent before it was killed", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("split#1", "all", effect({ partition: true }));
    client.socket.write("last words");
    await until(() => client.socket.writableLength === 0, "write");
    await someTurns();
    client.socket.resetAndDestroy();
    await someTurns();
    expect([broker.bytes, broker.closed]).toEqual([0, false]);
    proxy.heal("split#1");
    await until(() => broker.text === "last words", "last words");
  });

  it("forgets a held client that left, at the latest after the heal", async () => {
    const server = await startServer();
    const { proxy, port } = await startRig(server.port);
    proxy.inject("split#1", "all", effect({ partition: true }));
    const client = await dial(port);
    client.socket.resetAndDestroy();
    await until(() => client.closed, "close");
    proxy.heal("split#1");
    await until(() => server.ends.length === 0 || server.ends.every((end) => end.ended || end.closed), "close");
  });
});
