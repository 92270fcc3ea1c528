import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import type { Broker } from "../../src/hosts/broker.js";
import { descendantsOf } from "../../src/os/processes.js";
import { type Driver, RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { traitsOf } from "../support/traits.js";
import { Bench, payloads, startBroker } from "./bench.js";

const CLIENTS = ["amqplib", "rabbitmq-client"] as const;

describe("options of rabbitmq that can't go together", () => {
  for (const [options, problem] of [
    [{ queue: "quorum", durable: false }, "only a classic queue can be transient"],
    [{ queue: "stream", ack: "auto" }, "a stream has no auto ack"],
    [{ ack: "auto", onFail: "requeue" }, "ack: auto leaves nothing to requeue"],
    [{ onFail: "deadLetter" }, "onFail: deadLetter needs deadLetter: true"],
    [{ confirms: false, mandatory: true }, "without confirms a returned message has been counted already"],
    [{ overflow: "drop-head" }, "overflow needs a maxLength"],
  ] as const) {
    it(JSON.stringify(options), async () => {
      const driver = await loadDriver("rabbitmq");
      const [found = "", ...more] = traitsOf(driver, options).conflicts ?? [];
      expect(found).toContain(problem);
      expect(more).toEqual([]);
    });
  }

  it("the defaults go together, with each client and each type of queue", async () => {
    const driver = await loadDriver("rabbitmq");
    for (const client of CLIENTS)
      for (const queue of ["classic", "quorum", "stream"])
        expect(traitsOf(driver, { client, queue }).conflicts).toEqual([]);
  });
});

/** Inodes of the UDP sockets of this machine that are bound to another address than a loopback one. */
function openUdpInodes(): string[] {
  return ["udp", "udp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "latin1")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = "127:"]) => /^0+:/.test(local))
      .map((fields) => fields[9] ?? ""),
  );
}

/** Sockets of a process. */
function socketsOf(pid: number): string[] {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
  } catch {
    return [];
  }
}

await describeWith("rabbitmq", "RabbitMQ on a network", () => {
  it("opens nothing beside loopback, not for a moment while it starts", async () => {
    const found = new Set<string>();
    const look = () => {
      const open = openUdpInodes();
      if (open.length === 0) return;
      const own = descendantsOf(process.pid).flatMap(socketsOf);
      for (const inode of open) if (own.includes(inode)) found.add(inode);
    };
    const looking = setInterval(look, 50);
    try {
      await using broker = await startBroker(await loadDriver("rabbitmq"));
      expect(broker.pid).toBeGreaterThan(0);
    } finally {
      clearInterval(looking);
    }
    expect([...found]).toEqual([]);
  });
});

await describeWith("rabbitmq", "what RabbitMQ refuses", () => {
  let driver: Driver;
  let broker: Broker;
  beforeAll(async () => {
    driver = await loadDriver("rabbitmq");
    broker = await startBroker(driver);
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
  });

  it("a virtual host that it has not, by name", async () => {
    const { host, port } = broker.endpoint;
    const url = `amqp://guest:guest@${host}:${port}/no%2Fsuch`;
    const probe = driver.broker?.server.probe({ host, port, url }, "external");
    await expect(probe).rejects.toThrow("the broker opens no vhost 'no/such' for this user");
  });

  for (const client of CLIENTS) {
    it(`${client}: a message that reaches no queue is rejected, though the broker confirms it`, async () => {
      await using bench = await Bench.open(driver, { client }, broker);
      const producer = await bench.producer();
      expect(await producer.publish(Buffer.from("stored"))).toBe("broker");
      // The default exchange stays, and has nowhere to put it.
      await bench.admin.teardown();
      const outcomes = await Promise.allSettled(payloads(20).map((payload) => producer.publish(payload)));
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(RejectedError) });
    });

    it(`${client}: without mandatory such a message is confirmed, and gone`, async () => {
      await using bench = await Bench.open(driver, { client, mandatory: false }, broker);
      const producer = await bench.producer();
      await bench.admin.teardown();
      expect(await producer.publish(Buffer.from("gone"))).toBe("broker");
      expect(await bench.residue()).toEqual({ ready: [], inFlight: [], deadLettered: [] });
    });

    it(`${client}: a channel that the broker closes leaves outcomes unknown, and is opened again`, async () => {
      await using bench = await Bench.open(driver, { client, exchange: "direct" }, broker);
      const producer = await bench.producer();
      await bench.admin.teardown();
      const outcomes = await Promise.allSettled(payloads(20).map((payload) => producer.publish(payload)));
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(Error) });
        expect(outcome).not.toMatchObject({ reason: expect.any(RejectedError) });
      }
      await eventually(
        () => bench.clientErrors.map(String).join(),
        (errors) => errors.includes("NOT_FOUND"),
      );
      await eventually(
        () => producer.publish(Buffer.from("again")).catch(() => null),
        (level) => level === "broker",
      );
    });

    it(`${client}: a full queue that rejects publishes rejects them`, async () => {
      await using bench = await Bench.open(driver, { client, maxLength: 5, overflow: "reject-publish" }, broker);
      const producer = await bench.producer();
      const outcomes = [];
      for (const payload of payloads(20)) outcomes.push(...(await Promise.allSettled([producer.publish(payload)])));
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused.every(({ reason }) => reason instanceof RejectedError)).toBe(true);
      expect(refused.length).toBeGreaterThan(10);
      expect((await bench.residue()).ready).toHaveLength(outcomes.length - refused.length);
    });
  }

  it("lists tens of thousands of messages that are left", async () => {
    await using bench = await Bench.open(driver, { queue: "quorum", deadLetter: true }, broker);
    const producer = await bench.producer();
    const COUNT = 20_000;
    for (let sent = 0; sent < COUNT; sent += 500)
      await Promise.all(Array.from({ length: 500 }, () => producer.publish(Buffer.from("x".repeat(256)))));
    expect((await bench.residue()).ready).toHaveLength(COUNT);
    // And they stay.
    expect(await bench.admin.depth()).toMatchObject({ ready: COUNT });
  });
});

await describeWith("rabbitmq", "a RabbitMQ without memory", () => {
  let driver: Driver;
  let broker: Broker;
  beforeAll(async () => {
    driver = await loadDriver("rabbitmq");
    // Less than an empty broker uses.
    broker = await startBroker(driver, { memoryHighWatermark: "1MB" });
  });
  afterAll(async () => {
    await broker?.[Symbol.asyncDispose]();
  });

  for (const client of CLIENTS) {
    it(`${client}: says once that it takes no messages, and confirms none`, async () => {
      await using bench = await Bench.open(driver, { client }, broker);
      const producer = await bench.producer();
      const outcomes = payloads(5).map((payload) => producer.publish(payload).catch(() => "refused"));
      await eventually(
        () => bench.clientErrors.map(String),
        (errors) => errors.some((text) => text.includes("takes no messages")),
        20_000,
      );
      expect(bench.clientErrors).toHaveLength(1);
      await producer.close();
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(["refused"]));
    });
  }
});
