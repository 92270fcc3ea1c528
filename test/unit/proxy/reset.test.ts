import { describe, expect, it } from "vitest";
import { dial, effect, startPath, until } from "./support.js";

describe("reset", () => {
  it("is seen as ECONNRESET at both ends of an established connection", async () => {
    const { proxy, client, broker, cuts } = await startPath();
    proxy.inject("rst#1", "all", effect({ reset: true }));
    await until(() => client.closed && broker.closed, "close of both ends");
    expect([client.error, broker.error]).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect(cuts).toMatchObject([{ type: "cut", fault: "rst#1", by: "reset", side: "producers", connection: 0 }]);
  });

  it("resets new connections until the heal, without a word to the broker", async () => {
    const path = await startPath();
    path.proxy.inject("rst#1", "all", effect({ reset: true }));
    const during = await dial(path.port);
    await until(() => during.closed, "close");
    expect(during.error).toBe("ECONNRESET");
    path.proxy.heal("rst#1");
    const after = await dial(path.port);
    after.socket.write("x");
    await until(() => path.proxy.stats().listeners[0]?.upBytes === 1, "forwarding");
    expect(after.closed).toBe(false);
    expect(path.proxy.stats().listeners[0]).toMatchObject({ accepted: 3, open: 1, cuts: 2 });
  });

  it("drops what another fault holds", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("slow#1", "all", effect({ latency: 100_000 }));
    client.socket.write("never");
    proxy.inject("rst#1", "all", effect({ reset: true }));
    await until(() => client.closed && broker.closed, "close of both ends");
    expect(broker.bytes).toBe(0);
    proxy.heal("slow#1");
  });
});
