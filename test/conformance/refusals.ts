import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import type { Broker } from "../../src/hosts/broker.js";
import { freePort } from "../../src/hosts/ports.js";
import type { Endpoint } from "../../src/spi/broker.js";
import type { Refusing } from "../../src/testing/spec.js";
import { eventually } from "../support/eventually.js";
import type { SystemName } from "../support/systems.js";

/** Of all users that are made here. */
export const PASSWORD = "secret";
const nothing = async () => {};

/** The address of a broker, for a user of it. */
export const asUser = ({ endpoint: { host, port } }: Broker, scheme: string, who: string, path = ""): Endpoint => ({
  host,
  port,
  url: `${scheme}://${who}@${host}:${port}${path}`,
});

/** How each system is made to refuse a setup, most of them on the suite's own broker. */
export const REFUSING: Partial<Record<SystemName, (broker: Broker) => Promise<Refusing>>> = {
  redis: (broker) => redisUser(broker, ["~*", "&*", "+@all", "-@write", "-@scripting", "-publish"]),
  postgres: ordinaryRole,
  rabbitmq: async (broker) => ({
    endpoint: asUser(broker, "amqp", "guest:guest", "/absent"),
    words: /^NOT_ALLOWED - .*absent/,
    hint: /vhost/,
    [Symbol.asyncDispose]: nothing,
  }),
  kafka: async ({ endpoint }) => ({
    endpoint,
    options: { replication: 5 },
    words: /INVALID_REPLICATION_FACTOR/,
    hint: /replication/,
    [Symbol.asyncDispose]: nothing,
  }),
  nats: () =>
    natsServer(`jetstream {}\nauthorization { users = [ { user: a, password: ${PASSWORD}, permissions: {
      publish: { deny: "$JS.API.STREAM.CREATE.>" } } } ] }\n`),
  sqs: deniedSqs,
  elasticmq: deniedSqs,
};

/** A user of a Redis server with these rules. */
export async function redisUser(broker: Broker, rules: readonly string[]): Promise<Refusing> {
  const { host, port } = broker.endpoint;
  const client = new Redis({ host, port });
  await client.call("ACL", "SETUSER", "refused", "reset", "on", `>${PASSWORD}`, ...rules);
  client.disconnect();
  return {
    endpoint: asUser(broker, "redis", `refused:${PASSWORD}`),
    words: /NOPERM/,
    hint: /ACL SETUSER/,
    [Symbol.asyncDispose]: nothing,
  };
}

async function ordinaryRole(broker: Broker): Promise<Refusing> {
  const { host, port } = broker.endpoint;
  const client = new Client({ host, port, user: "havoq", database: "postgres" });
  await client.connect();
  await client.query("DROP ROLE IF EXISTS ordinary; CREATE ROLE ordinary LOGIN");
  await client.end();
  return {
    endpoint: asUser(broker, "postgres", "ordinary", "/postgres"),
    words: /^permission denied for (schema public|database postgres)/,
    hint: /GRANT CREATE ON (SCHEMA public|DATABASE postgres)/,
    [Symbol.asyncDispose]: nothing,
  };
}

/** A NATS server of its own with this configuration, for users `a`; its rights are known at its start only. */
export async function natsServer(configuration: string): Promise<Refusing> {
  const dir = mkdtempSync(join(tmpdir(), "havoq-nats-"));
  const port = await freePort();
  const file = join(dir, "nats.conf");
  const text = configuration.replace("jetstream {}", `jetstream { store_dir: "${dir}" }`);
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${text}`);
  const child = spawn("nats-server", ["--config", file], { stdio: "ignore" });
  const exited = once(child, "exit");
  await eventually(() => accepts(port), Boolean, 10_000);
  return {
    endpoint: { host: "127.0.0.1", port, url: `nats://a:${PASSWORD}@127.0.0.1:${port}` },
    words: /Permissions Violation/,
    hint: /JS\.API/,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** A stand-in that answers as AWS does to a user without rights: none of the emulators has rights. */
async function deniedSqs(): Promise<Refusing> {
  const type = "com.amazon.coral.service#AccessDeniedException";
  const message = "User: havoq is not authorized to perform: sqs:createqueue";
  const server = createServer((_request, response) => {
    response.writeHead(403, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify({ __type: type, message }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.env["AWS_ACCESS_KEY_ID"] ??= "havoq";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "havoq";
  return {
    endpoint: { host: "127.0.0.1", port, url: `http://127.0.0.1:${port}` },
    words: /AccessDenied.*not authorized/,
    hint: /sqs:CreateQueue/,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
