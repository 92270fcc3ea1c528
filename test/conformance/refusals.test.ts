import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import type { ConfigureMessage } from "../../src/agent/protocol.js";
import { AgentProcess } from "../../src/engine/agent-process.js";
import { EnvironmentError } from "../../src/errors.js";
import type { Broker } from "../../src/hosts/broker.js";
import { freePort } from "../../src/hosts/ports.js";
import type { Endpoint } from "../../src/spi/broker.js";
import { setUp } from "../../src/testing/refuses.js";
import { Workplace } from "../support/cli.js";
import { describeWith } from "../support/systems.js";
import { startBroker } from "./bench.js";
import { asUser, natsServer, PASSWORD, redisUser } from "./refusals.js";

const AT_ONCE_MS = 8000;

/** The sentence and the hint of a setup that is refused; what takes longer than a few attempts is no refusal. */
async function refusalOf(name: string, endpoint: Endpoint, options: unknown = {}): Promise<string> {
  const driver = await loadDriver(name);
  const late = sleep(AT_ONCE_MS, "still trying", { ref: false });
  const error = await Promise.race([setUp(driver, endpoint, options).catch((reason: unknown) => reason), late]);
  return error instanceof EnvironmentError ? `${error.message}\n${error.hint}` : `no refusal: ${String(error)}`;
}

await describeWith("redis", "what a Redis refuses before the load", () => {
  let broker: Broker;
  let client: Redis;
  beforeAll(async () => {
    broker = await startBroker(await loadDriver("redis-list"), { save: "" });
    client = new Redis({ host: broker.endpoint.host, port: broker.endpoint.port });
  });
  afterAll(async () => {
    client?.disconnect();
    await broker?.[Symbol.asyncDispose]();
  });
  const own = ["redis-list", "redis-streams", "bullmq", "bull"];

  it("XGROUP to a user without that right", async () => {
    const { endpoint } = await redisUser(broker, ["~*", "&*", "+@all", "-xgroup"]);
    expect(await refusalOf("redis-streams", endpoint)).toMatch(
      /NOPERM.*xgroup.*\ngive its user the rights: ACL SETUSER/,
    );
  });

  it("a wrong password, to havoq and to an agent", async () => {
    await redisUser(broker, ["~*", "&*", "+@all"]);
    const endpoint = asUser(broker, "redis", "refused:wrong");
    expect(await refusalOf("redis-streams", endpoint)).toMatch(/WRONGPASS.*\ncheck user and password/);
    await expect(agentOn(endpoint)).rejects.toMatchObject({
      message: expect.stringMatching(/did not start: the server refuses: WRONGPASS/),
      hint: expect.stringMatching(/check user and password/),
    });
  });

  it("writes while it is full", async () => {
    await client.config("SET", "maxmemory", "1mb");
    for (const name of own) expect(await refusalOf(name, broker.endpoint)).toMatch(/OOM.*\nthe server is full/);
    await client.config("SET", "maxmemory", "0");
  });

  it("writes to a replica", async () => {
    await client.replicaof(broker.endpoint.host, broker.endpoint.port + 1);
    for (const name of own)
      expect(await refusalOf(name, broker.endpoint)).toMatch(/READONLY.*\nthis is a read-only replica/);
    await client.replicaof("NO", "ONE");
  });

  it("keys of a cluster, and the command line ends with 3 and a hint", async () => {
    using place = new Workplace();
    const [port, clusterPort] = [await freePort(), await freePort()];
    const arrangement = { port, "cluster-port": clusterPort, "cluster-enabled": "yes", bind: "127.0.0.1" };
    const args = Object.entries({ ...arrangement, dir: place.directory, save: "" });
    const server = promisify(execFile)(
      "redis-server",
      args.flatMap(([name, value]) => [`--${name}`, String(value)]),
    );
    const endpoint = { host: "127.0.0.1", port };
    const other = new Redis(endpoint);
    try {
      for (const name of own) expect(await refusalOf(name, endpoint)).toMatch(/CLUSTERDOWN.*\n.*Redis Cluster/);
      const slots = Array.from({ length: 16_384 }, (_, slot) => slot);
      await other.call("CLUSTER", "ADDSLOTS", ...slots);
      await expect.poll(() => other.cluster("INFO"), { timeout: 20_000 }).toContain("cluster_state:ok");
      for (const name of ["redis-list", "bullmq"])
        expect(await refusalOf(name, endpoint)).toMatch(/CROSSSLOT.*\n.*Redis Cluster, which havoq does not support/);
      const target = `{ driver: redis-list, host: external, url: "redis://127.0.0.1:${port}" }`;
      const file = place.file("a.yaml", `name: a\ntarget: ${target}\nload: { rate: 10/s }\nphases: { baseline: 1s }\n`);
      const { code, stderr } = await place.run(["run", file, "--out", place.out]);
      expect(stderr).toMatch(
        /havoq: redis at \S+ refuses to be set up for the run: CROSSSLOT.*\n {2}hint: .*Redis Cluster/,
      );
      expect(stderr).not.toContain("defect");
      expect(code).toBe(3);
    } finally {
      other.disconnect();
      server.child.kill("SIGKILL");
      await server.catch(() => {});
    }
  });
});

const AGENT = fileURLToPath(new URL("../../dist/bin/agent.js", import.meta.url));

/** Connects a producer's process to an endpoint. */
async function agentOn(endpoint: Endpoint): Promise<void> {
  const agent = new AgentProcess({
    name: "producer-0",
    command: [process.execPath, AGENT],
    cwd: "/",
    env: {},
    logFile: "/dev/null",
    onSpawn: () => {},
    onEvent: () => {},
    onMessage: () => {},
    onWrongWords: () => {},
    now: () => 0,
  });
  const whose = { runId: "refused", driver: "redis-list", options: {}, seed: 1, index: 0, incarnation: 0 };
  try {
    // All that connecting needs.
    await agent.connect({ type: "configure", ...whose, producer: { endpoint } } as unknown as ConfigureMessage);
  } finally {
    agent.signal("SIGKILL");
    await agent.exited;
  }
}

await describeWith("rabbitmq", "what a RabbitMQ refuses before the load", () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker(await loadDriver("rabbitmq"));
    const rights = { configures: ["", ".*", ".*"], writes: [".*", "", ".*"], reads: [".*", ".*", ""] };
    const users = Object.entries(rights).map(([name, [configure, write, read]]) => {
      const text = (value: string | undefined) => `<<"${value === "" ? "^$" : value}">>`;
      return `rabbit_auth_backend_internal:add_user(<<"${name}">>, <<"${PASSWORD}">>, <<"test">>),
        rabbit_auth_backend_internal:set_permissions(<<"${name}">>, <<"/">>, ${[configure, write, read].map(text).join()}, <<"test">>)`;
    });
    await rabbitEval(broker, `${users.join(",\n")}, ok.`);
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
  });

  for (const [who, options] of [
    ["configures", {}],
    ["configures", { queue: "quorum", deadLetter: true }],
    ["writes", {}],
    ["writes", { exchange: "topic" }],
    ["reads", {}],
  ] as const) {
    it(`a user who never ${who}: ${JSON.stringify(options)}`, async () => {
      const endpoint = asUser(broker, "amqp", `${who}:${PASSWORD}`);
      expect(await refusalOf("rabbitmq", endpoint, options)).toMatch(
        /refuses to be set up for the run: ACCESS_REFUSED.*\n.*set_permissions/,
      );
    });
  }

  it("a wrong password and rights that are missing, to clients of both libraries", async () => {
    const driver = await loadDriver("rabbitmq");
    const wrong = asUser(broker, "amqp", "guest:wrong");
    expect(await refusalOf("rabbitmq", wrong)).toMatch(/ACCESS_REFUSED - Login was refused.*\ncheck user and password/);
    for (const client of ["amqplib", "rabbitmq-client"]) {
      const common = { runId: "refused", options: driver.options.parse({ client }), onClientError: () => {} };
      const worker = { concurrency: 1, workerId: "0-0" };
      const clients = await driver.clients(common.options);
      for (const endpoint of [wrong, asUser(broker, "amqp", `configures:${PASSWORD}`)]) {
        const opened = [
          clients.producer({ ...common, endpoint }),
          clients.consumer({ ...common, ...worker, endpoint }, async () => {}),
        ];
        for (const one of await Promise.allSettled(opened)) {
          expect(one).toMatchObject({
            status: "rejected",
            reason: { message: expect.stringContaining("ACCESS_REFUSED") },
          });
        }
      }
    }
  });
});

/** Runs Erlang in a broker that havoq started, with the environment of its process. */
async function rabbitEval(broker: Broker, text: string): Promise<void> {
  const lines = readFileSync(`/proc/${broker.pid}/environ`, "utf8").split("\0");
  const env = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const { RABBITMQ_NODENAME = "", HOME, ERL_EPMD_PORT, PATH } = env;
  const program = "/usr/lib/rabbitmq/bin/rabbitmqctl";
  await promisify(execFile)(program, ["-n", RABBITMQ_NODENAME, "eval", text], {
    env: { HOME, ERL_EPMD_PORT, PATH, RABBITMQ_CONF_ENV_FILE: "/dev/null" },
  });
}

await describeWith("postgres", "what a PostgreSQL refuses before the load", () => {
  it("a database that is not there, to havoq and to clients", async () => {
    const driver = await loadDriver("postgres");
    await using broker = await startBroker(driver);
    const endpoint = asUser(broker, "postgres", "havoq", "/absent");
    expect(await refusalOf("postgres", endpoint)).toMatch(/database "absent" does not exist.*\ncheck the database/);
    const common = { runId: "refused", options: driver.options.parse({}), onClientError: () => {}, endpoint };
    const clients = await driver.clients(common.options);
    await expect(clients.producer(common)).rejects.toThrow("does not exist");
    await expect(clients.consumer({ ...common, concurrency: 1, workerId: "0-0" }, async () => {})).rejects.toThrow(
      "exist",
    );
  });
});

await describeWith("nats", "what a NATS refuses before the load", () => {
  for (const [title, configuration, refusal] of [
    ["without JetStream", "", /jetstream is not enabled\nstart the server with JetStream/],
    [
      "with another password",
      "jetstream {}\nauthorization { user: a, password: b }\n",
      /Authorization Violation\ncheck user/,
    ],
  ] as const) {
    it(title, async () => {
      await using server = await natsServer(configuration);
      expect(await refusalOf("nats-jetstream", server.endpoint)).toMatch(refusal);
    });
  }
});
