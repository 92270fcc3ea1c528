import { describe, expect, it } from "vitest";
import { effect, someTurns, startPath, until } from "./support.js";

describe("slow close", () => {
  it("passes a FIN on late, and the data before it at once", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("close#1", "all", effect({ slowClose: 150 }));
    const startMs = performance.now();
    client.socket.end("bye");
    await until(() => broker.text === "bye", "data");
    expect(broker.ended).toBe(false);
    await until(() => broker.ended, "FIN");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(150);
  });

  it("passes an RST on late, as an RST", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("close#1", "all", effect({ slowClose: 150, direction: "up" }));
    const startMs = performance.now();
    client.socket.resetAndDestroy();
    await until(() => broker.closed, "RST");
    expect(broker.error).toBe("ECONNRESET");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(150);
  });

  it("passes on at the heal what waits", async () => {
    const { proxy, client, broker } = await startPath();
    proxy.inject("close#1", "all", effect({ slowClose: 1_000_000, direction: "up" }));
    client.socket.end();
    await someTurns();
    expect(broker.ended).toBe(false);
    proxy.heal("close#1");
    await until(() => broker.ended, "FIN");
  });
});
