import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { bootstrap } from "../../../drivers/kafka/address.js";
import { KafkajsSession } from "../../../drivers/kafka/kafkajs-session.js";
import { connectionOptions } from "../../../drivers/nats/connection.js";
import { hostPort } from "../../../src/host-port.js";

describe("an IPv6 address", () => {
  const endpoint = { host: "::1", port: 4399 };

  it("is written in brackets, as URLs do", () => {
    expect([endpoint, { host: "h", port: 1 }].map(hostPort)).toEqual(["[::1]:4399", "h:1"]);
    expect(connectionOptions({ ...endpoint, url: "nats://[::1]:4399" }).servers).toBe("[::1]:4399");
  });

  it("is handed to @platformatic/kafka in parts", () => {
    expect(bootstrap(endpoint)).toEqual([endpoint]);
  });

  it("is the one that kafkajs connects to", async () => {
    const server = createServer().listen(0, "::1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const session = new KafkajsSession({
      endpoint: { host: "::1", port },
      requestTimeoutMs: 1000,
      retry: { retries: 0 },
      onClientError: () => {},
    });
    const connected = once(server, "connection");
    const asked = session.kafka
      .admin()
      .connect()
      .catch(() => {});
    await connected;
    session.drop();
    server.close();
    await asked;
  });
});
