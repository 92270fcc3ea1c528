import { describe, expect, it } from "vitest";
import { dial, type End, effect, someTurns, startRig, startServer, type TestServer, until } from "./support.js";

const beforeAnswer = effect({ cut: "before-answer" });

/** A server that answers each whole line with "ok <line>". */
function startLineServer(): Promise<TestServer> {
  return startServer((end) => {
    let answered = 0;
    end.socket.on("data", () => {
      const lines = end.text.split("\n").slice(answered, -1);
      answered += lines.length;
      for (const line of lines) end.socket.write(`ok ${line}\n`);
    });
    end.socket.on("end", () => end.socket.end());
  });
}

/** A client that has had its first answer through a proxy. */
async function startExchange() {
  const server = await startLineServer();
  const rig = await startRig(server.port);
  const client = await dial(rig.port);
  client.socket.write("one\n");
  await until(() => client.text === "ok one\n", "first answer");
  return { ...rig, client, server, broker: server.ends[0] as End };
}

describe("cut before the answer", () => {
  it("lets the request through and drops its answer", async () => {
    const { proxy, client, broker, cuts } = await startExchange();
    proxy.inject("cut#1", "all", beforeAnswer);
    client.socket.write("two\n");
    await until(() => client.closed && broker.closed, "close of both ends");
    expect(broker.text).toBe("one\ntwo\n");
    expect([broker.ended, broker.error]).toEqual([true, undefined]);
    expect(client.text).toBe("ok one\n");
    expect(client.error).toBe("ECONNRESET");
    expect(cuts).toMatchObject([{ fault: "cut#1", by: "before-answer", connection: 0 }]);
  });

  it("lets a request that comes in pieces through as a whole", async () => {
    const { proxy, client, broker } = await startExchange();
    proxy.inject("cut#1", "all", beforeAnswer);
    client.socket.write("tw");
    await until(() => broker.text.endsWith("tw"), "first piece");
    client.socket.write("o\n");
    await until(() => client.closed && broker.closed, "close of both ends");
    expect(broker.text).toBe("one\ntwo\n");
    expect(client.text).toBe("ok one\n");
  });

  it("cuts a request that gets no answer after a while", async () => {
    const server = await startServer();
    const { proxy, port } = await startRig(server.port);
    const client = await dial(port);
    await until(() => server.ends.length === 1, "connection to the broker");
    proxy.inject("cut#1", "all", beforeAnswer);
    client.socket.write("wait for a message\n");
    await until(() => client.closed, "close");
    expect(client.error).toBe("ECONNRESET");
    await until(() => server.ends[0]?.ended === true, "FIN at the broker");
    expect(server.ends[0]?.text).toBe("wait for a message\n");
  });

  it("leaves alone an idle client, until it speaks", async () => {
    const { proxy, client } = await startExchange();
    proxy.inject("cut#1", "all", beforeAnswer);
    await someTurns();
    expect(client.closed).toBe(false);
    client.socket.write("two\n");
    await until(() => client.closed, "close");
  });

  it("cuts each connection once: one that is made later works", async () => {
    const { proxy, client, port, server } = await startExchange();
    proxy.inject("cut#1", "all", beforeAnswer);
    client.socket.write("two\n");
    await until(() => client.closed, "close");
    const again = await dial(port);
    again.socket.write("three\n");
    await until(() => again.text === "ok three\n", "answer");
    expect(server.ends).toHaveLength(2);
  });

  it("lets a connection be that was not cut before the heal", async () => {
    const { proxy, client, cuts } = await startExchange();
    proxy.inject("cut#1", "all", beforeAnswer);
    proxy.heal("cut#1");
    client.socket.write("two\n");
    await until(() => client.text === "ok one\nok two\n", "second answer");
    expect(cuts).toEqual([]);
  });
});
