import { describe, expect, it } from "vitest";
import { cutAfterBytes } from "../../../src/faults/proxy/effects/cut-after-bytes.js";
import {
  data,
  dial,
  type End,
  effect,
  pattern,
  someTurns,
  startPath,
  startRig,
  startServer,
  TestPort,
  testHost,
  until,
} from "./support.js";

/** Node reports an RST that comes with data before it as an end: libuv takes a hang-up after a partial read for one. */
const isGone = ({ ended, closed }: End): boolean => ended || closed;

describe("cut after bytes", () => {
  it("passes exactly N more bytes, then resets both ends", async () => {
    const { proxy, client, broker, cuts } = await startPath();
    client.socket.write("before");
    await until(() => broker.bytes === 6, "bytes before the fault");
    proxy.inject("cut#1", "all", effect({ direction: "up", cut: { afterBytes: 10 } }));
    client.socket.write("0123456");
    client.socket.write("789 and more");
    await until(() => client.closed && isGone(broker), "reset of both ends");
    expect(broker.text).toBe("before0123456789");
    expect(client.error).toBe("ECONNRESET");
    expect(cuts).toMatchObject([{ fault: "cut#1", by: "after-bytes", connection: 0 }]);
  });

  it("counts each direction for itself", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("cut#1", "all", effect({ cut: { afterBytes: 4 } }));
    client.socket.write("abc");
    await until(() => broker.bytes === 3, "question");
    broker.socket.write("abcdefg");
    await until(() => isGone(client) && isGone(broker), "reset of both ends");
    expect(client.text).toBe("abcd");
  });

  it("writes a large rest in full before the reset", async () => {
    const { proxy, client, broker } = await startPath();
    const bytes = 1_000_000;
    proxy.inject("cut#1", "all", effect({ direction: "up", cut: { afterBytes: bytes } }));
    client.socket.write(pattern(bytes + 100));
    await until(() => isGone(broker), "reset");
    // Node handed all of it to the kernel; what the receiver's window did not take dies with the RST, as on a wire.
    expect(proxy.stats().listeners[0]?.upBytes).toBe(bytes);
    expect(broker.received.equals(pattern(bytes).subarray(0, broker.bytes))).toBe(true);
  });

  it("waits with the reset until the kernel has the last byte", () => {
    const port = new TestPort();
    let cuts = 0;
    const host = testHost({ cut: () => cuts++ });
    const stage = cutAfterBytes(effect({ cut: { afterBytes: 3 } }), host).up?.(port);
    stage?.push(data("abcdef"));
    stage?.push(data("ghi"));
    expect([port.text, cuts]).toEqual(["abc", 0]);
    for (const { item } of port.items) if (item.kind === "data") item.written?.();
    expect(cuts).toBe(1);
  });

  it("cuts at the next byte when none may pass", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("cut#1", "all", effect({ cut: { afterBytes: 0 } }));
    await someTurns(10);
    expect(client.closed).toBe(false);
    client.socket.write("x");
    await until(() => client.closed && broker.closed, "close of both ends");
    expect(broker.bytes).toBe(0);
  });

  it("concerns new connections too, and no one after the heal", async () => {
    const server = await startServer();
    const { proxy, port } = await startRig(server.port);
    proxy.inject("cut#1", "all", effect({ direction: "up", cut: { afterBytes: 2 } }));
    const during = await dial(port);
    const across = await dial(port);
    during.socket.write("abc");
    across.socket.write("a");
    await until(() => during.closed && server.ends.some((end) => end.text === "a"), "cut");
    proxy.heal("cut#1");
    across.socket.write("bcdefgh");
    await until(() => server.ends.some((end) => end.text === "abcdefgh"), "rest");
    expect(across.closed).toBe(false);
  });
});
