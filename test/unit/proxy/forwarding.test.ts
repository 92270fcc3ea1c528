import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dial, type End, pattern, startEcho, startPath, startRig, until } from "./support.js";

describe("a connection without a fault", () => {
  it("carries bytes both ways, whole and in order", async () => {
    const echo = await startEcho();
    const { port } = await startRig(echo.port);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), { minLength: 1, maxLength: 8 }),
        async (chunks) => {
          const client = await dial(port);
          for (const chunk of chunks) client.socket.write(chunk);
          client.socket.end();
          await until(() => client.closed, "close");
          expect(client.received.equals(Buffer.concat(chunks))).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("stops reading when the receiver does not read, and loses nothing", async () => {
    const { proxy, client, broker } = await startPath();
    broker.socket.pause();
    const sent = pattern(32 * 1024 * 1024);
    client.socket.end(sent);
    let before = -1;
    await until(() => {
      const { upBytes } = proxy.stats().listeners[0] ?? { upBytes: 0 };
      const still = upBytes > 0 && upBytes === before;
      before = upBytes;
      return still;
    }, "back-pressure");
    expect(before).toBeLessThan(sent.length);
    broker.socket.resume();
    await until(() => broker.ended, "end");
    expect(broker.received.equals(sent)).toBe(true);
  });

  it("passes a FIN on and keeps the other direction open", async () => {
    const { client, broker } = await startPath();
    client.socket.end("last words");
    await until(() => broker.ended, "FIN at the broker");
    expect(broker.text).toBe("last words");
    expect(client.ended).toBe(false);
    broker.socket.end("answer");
    await until(() => client.closed && broker.closed, "close");
    expect(client.text).toBe("answer");
    expect([client.error, broker.error]).toEqual([undefined, undefined]);
  });

  it("passes the broker's FIN on", async () => {
    const { client, broker } = await startPath();
    broker.socket.end();
    await until(() => client.ended, "FIN at the client");
    expect(broker.ended).toBe(false);
  });

  it("passes an RST on as an RST, either way", async () => {
    const one = await startPath();
    one.client.socket.resetAndDestroy();
    await until(() => one.broker.closed, "RST at the broker");
    expect(one.broker.error).toBe("ECONNRESET");
    const other = await startPath();
    other.broker.socket.resetAndDestroy();
    await until(() => other.client.closed, "RST at the client");
    expect(other.client.error).toBe("ECONNRESET");
  });

  it("resets the client when the broker does not accept", async () => {
    const { proxy, port } = await startRig(await unusedPort());
    const client = await dial(port);
    await until(() => client.closed, "close");
    expect(client.error).toBe("ECONNRESET");
    await until(() => proxy.stats().listeners[0]?.open === 0, "forgotten connection");
  });

  it("forgets a closed connection and keeps its bytes in the counts", async () => {
    const { proxy, client, broker } = await startPath();
    client.socket.end("four");
    await until(() => broker.ended, "FIN");
    broker.socket.end("fives");
    await until(() => proxy.stats().listeners[0]?.open === 0, "forgotten connection");
    expect(proxy.stats().listeners[0]).toMatchObject({ accepted: 1, cuts: 0, upBytes: 4, downBytes: 5 });
  });

  it("closes every connection when the proxy closes", async () => {
    const { proxy, client, broker } = await startPath();
    await proxy.close();
    const gone = ({ ended, closed }: End) => ended || closed;
    await until(() => gone(client) && gone(broker), "close of both ends");
    const late = await dial(proxy.stats().listeners[0]?.port ?? 0);
    expect(late.error).toBe("ECONNREFUSED");
  });
});

/** A port on which nothing listens: bound once and given back. */
async function unusedPort(): Promise<number> {
  const { port, proxy } = await startRig(1);
  await proxy.close();
  return port;
}
