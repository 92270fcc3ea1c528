import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { network } from "../../../src/faults/network.js";
import { isLoopback } from "../../../src/faults/proxy/loopback.js";
import { effectSchema } from "../../../src/faults/proxy/protocol.js";
import { bytes, ms, perSecond } from "../../../src/units.js";
import { dial, effect, someTurns, startEcho, startRig, until } from "./support.js";

describe("FaultProxy", () => {
  it("concerns the side that a fault names, and all sides by name", async () => {
    const echo = await startEcho();
    const { proxy, port } = await startRig(echo.port);
    const upstream = { host: "127.0.0.1", port: echo.port };
    const workersPort = await proxy.listen({ side: "workers", upstream, seed: 1, external: false });
    const producer = await dial(port);
    const worker = await dial(workersPort);
    proxy.inject("split#1", "workers", effect({ partition: true }));
    producer.socket.write("a");
    worker.socket.write("a");
    await until(() => producer.text === "a", "answer");
    expect(worker.bytes).toBe(0);
    proxy.heal("split#1");
    await until(() => worker.text === "a", "answer after the heal");
    proxy.inject("rst#1", "all", effect({ reset: true }));
    await until(() => producer.closed && worker.closed, "reset of both sides");
  });

  it("applies a fault to a port that is opened later", async () => {
    const echo = await startEcho();
    const { proxy } = await startRig(echo.port);
    proxy.inject("split#1", "all", effect({ partition: true }));
    const upstream = { host: "127.0.0.1", port: echo.port };
    const client = await dial(await proxy.listen({ side: "workers", upstream, seed: 1, external: false }));
    client.socket.write("a");
    await someTurns();
    expect(client.bytes).toBe(0);
  });

  it("refuses an upstream beyond loopback, unless it is said to be external", async () => {
    const { proxy } = await startRig(1);
    const upstream = { host: "192.0.2.1", port: 6379 };
    const request = { side: "producers", upstream, seed: 1 } as const;
    await expect(proxy.listen({ ...request, external: false })).rejects.toThrow(/192\.0\.2\.1 is not a loopback/);
    await expect(proxy.listen({ ...request, external: true })).resolves.toBeGreaterThan(0);
  });

  it("refuses a fault twice, and the heal of none", async () => {
    const { proxy } = await startRig(1);
    proxy.inject("slow#1", "all", effect({ latency: 5 }));
    expect(() => proxy.inject("slow#1", "all", effect({}))).toThrow("fault slow#1 is already injected");
    expect(proxy.stats().faults).toEqual(["slow#1"]);
    proxy.heal("slow#1");
    expect(() => proxy.heal("slow#1")).toThrow("fault slow#1 is not injected");
  });

  it("listens on 127.0.0.1 only", async () => {
    const { port } = await startRig(1);
    const hosts = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const { address } of hosts.filter(({ internal, family }) => !internal && family === "IPv4")) {
      const end = await dial(port, address);
      expect([address, end.error]).toEqual([address, "ECONNREFUSED"]);
    }
    expect((await dial(port, "127.0.0.2")).error).toBe("ECONNREFUSED");
  });
});

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1", "localhost", "LOCALHOST"])("accepts %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(["128.0.0.1", "0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "localhost.example", "127.0.0.1.example", ""])(
    "refuses %j",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

describe("a network fault", () => {
  it("carries every part in the form of the protocol, through JSON and back", () => {
    const fault = network.resolve("workers", {
      disk: "kept",
      which: "random",
      scope: "process",
      direction: "down",
      latency: ms(20),
      jitter: ms(5),
      bandwidth: perSecond(1_000),
      partition: true,
      reset: undefined,
      cut: { afterBytes: bytes(7) },
      slowClose: ms(30),
    });
    const { kind, side, ...effect } = fault;
    expect({ kind, side }).toEqual({ kind: "network", side: "workers" });
    expect(effectSchema.parse(JSON.parse(JSON.stringify(effect)))).toEqual({
      direction: "down",
      latency: 20,
      jitter: 5,
      bandwidth: 1_000,
      partition: true,
      reset: false,
      cut: { afterBytes: 7 },
      slowClose: 30,
    });
  });
});
