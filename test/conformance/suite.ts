import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { EnvironmentError } from "../../src/errors.js";
import type { Broker } from "../../src/hosts/broker.js";
import type { Depth, Driver } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";
import { Bench, payloads, startBroker, textsOf } from "./bench.js";
import { breaks } from "./breaks.js";
import { REFUSING, setUp } from "./refusals.js";
import { silences } from "./silences.js";
import type { Conformance, Open } from "./spec.js";

const forever = new Promise<never>(() => {});

/** The promises of the SPI, checked on the real system. */
export async function conformance(spec: Conformance): Promise<void> {
  const title = `${spec.driver} ${JSON.stringify(spec.options ?? {})}`;
  await describeWith(spec.system, title, () => {
    let driver: Driver;
    let broker: Broker;
    beforeAll(async () => {
      driver = await loadDriver(spec.driver);
      broker = await startBroker(driver, spec.settings, spec.host);
    });
    afterAll(async () => {
      await broker?.[Symbol.asyncDispose]();
    });
    const open = () => Bench.open(driver, spec.options ?? {}, broker);

    // What a server refuses is the same wherever it runs.
    if (spec.host !== "container") {
      refuses(
        () => driver,
        () => broker,
        spec,
      );
    }
    delivers(open, spec);
    if (spec.keeps) keeps(open, spec);
    settles(open, spec);
    breaks(open, () => broker, spec);
    if (spec.silenceMs !== undefined) silences(open, () => broker, spec, spec.silenceMs);

    it("takes options that it has given back", () => {
      const once = driver.options.parse(spec.options ?? {});
      expect(driver.options.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
    });
  });
}

/** Far below what a client that tries again and again would take. */
const AT_ONCE_MS = 8000;

function refuses(driver: () => Driver, broker: () => Broker, { system, options }: Conformance): void {
  it("a server that refuses the setup is quoted, with a hint, at once", async () => {
    await using refusing = await REFUSING[system]?.(broker());
    if (!refusing) throw new Error(`nobody knows how ${system} is made to refuse a setup`);
    const fails = setUp(driver(), refusing.endpoint, { ...options, ...refusing.options }).then(
      () => null,
      (error: unknown) => error,
    );
    const error = await Promise.race([fails, sleep(AT_ONCE_MS, "still trying", { ref: false })]);
    expect(error).toBeInstanceOf(EnvironmentError);
    const { message, hint } = error as EnvironmentError;
    expect(message).toMatch(
      new RegExp(`refuses to be set up for the run: .*${refusing.words.source.replace("^", "")}`),
    );
    expect(hint).toMatch(refusing.hint);
  });
}

function delivers(open: Open, spec: Conformance): void {
  it("delivers what was confirmed exactly once and byte for byte", async () => {
    await using bench = await open();
    const worker = await bench.consumer();
    const producer = await bench.producer();
    const sent = payloads(200);
    const levels = await Promise.all(sent.map((payload) => producer.publish(payload)));
    expect(new Set(levels)).toEqual(new Set([spec.ackLevel ?? "broker"]));
    await eventually(
      () => worker.settled,
      (settled) => settled >= sent.length,
    );
    await worker.stop();
    expect(worker.texts).toEqual(textsOf(sent));
    expect(worker.deliveries.filter(({ redelivered }) => redelivered === true)).toEqual([]);
    expect(await bench.residue()).toEqual({ ready: [], inFlight: [], deadLettered: [] });
    expect(bench.clientErrors).toEqual([]);
  });

  it("never runs more handlers than its concurrency", async () => {
    await using bench = await open();
    let running = 0;
    let most = 0;
    const worker = await bench.consumer(async () => {
      running += 1;
      most = Math.max(most, running);
      // Until all run that may, and then for as long as one more would take to come.
      await eventually(
        () => most,
        (count) => count >= 3,
      );
      await sleep(20);
      running -= 1;
      return "completed";
    }, 3);
    const producer = await bench.producer();
    await Promise.all(payloads(40).map((payload) => producer.publish(payload)));
    await eventually(
      () => worker.settled,
      (settled) => settled === 40,
    );
    expect(most).toBe(3);
  });

  it("waits in stop() for the handlers that run, and for their settling", async () => {
    await using bench = await open();
    const events: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = await bench.consumer(async () => {
      await gate;
      events.push("handled");
      return "completed";
    });
    const producer = await bench.producer();
    await producer.publish(Buffer.from("one"));
    await eventually(
      () => worker.deliveries.length,
      (count) => count === 1,
    );
    const stopped = worker.stop().then(() => events.push("stopped"));
    // A stop that waits for no handler ends at once, or when the broker has answered it; it answers others meanwhile.
    for (let answer = 0; answer < 5; answer++) await bench.admin.depth();
    release();
    await stopped;
    expect(events).toEqual(["handled", "stopped"]);
    expect(worker.settled).toBe(1);
    if (spec.keeps) {
      await producer.publish(Buffer.from("two"));
      expect((await bench.residue()).ready).toEqual(textsOf([Buffer.from("two")]));
    }
    expect(worker.deliveries.length).toBe(1);
  });

  it("leaves no sockets behind when it is closed", async () => {
    const sockets = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)/.test(name)).length;
    const before = sockets();
    {
      await using bench = await open();
      await bench.consumer();
      const producer = await bench.producer();
      await producer.publish(Buffer.from("one"));
    }
    await eventually(sockets, (count) => count <= before);
  });
}

/** Unsettled deliveries as the queue lengths show them. */
const inFlightOf = (spec: Conformance, count: number) => (spec.countsInFlight === false ? null : count);

function keeps(open: Open, spec: Conformance): void {
  it("shows what waits for a consumer, in the queue lengths and as residue", async () => {
    await using bench = await open();
    const producer = await bench.producer();
    // More than a page of any listing.
    const sent = payloads(1100);
    for (let at = 0; at < sent.length; at += 100) {
      await Promise.all(sent.slice(at, at + 100).map((payload) => producer.publish(payload)));
    }
    // What was confirmed here only is still on its way.
    const arrived = ({ ready }: Depth) => spec.ackLevel !== "local" || ready === sent.length;
    const depth = await eventually(() => bench.admin.depth(), arrived);
    expect(depth).toMatchObject({ ready: sent.length, inFlight: inFlightOf(spec, 0) });
    expect(await bench.residue()).toEqual({ ready: textsOf(sent), inFlight: [], deadLettered: [] });
  });
}

function settles(open: Open, spec: Conformance): void {
  it(`deliveries whose consumer went away are ${spec.unsettled}`, async () => {
    await using bench = await open();
    const worker = await bench.consumer(() => forever, 3);
    const producer = await bench.producer();
    const sent = payloads(10);
    await Promise.all(sent.map((payload) => producer.publish(payload)));
    await eventually(
      () => worker.deliveries.length,
      (count) => count === 3,
    );
    await worker.close();
    if (spec.unsettled === "redelivered") {
      const next = await bench.consumer();
      await eventually(
        () => new Set(next.texts).size,
        (count) => count === sent.length,
        bench.horizonMs + 5000,
      );
      const again = next.deliveries.filter(({ text }) => worker.texts.includes(text));
      expect(again.filter(({ redelivered }) => redelivered === false)).toEqual([]);
      await eventually(
        () => bench.admin.depth(),
        ({ ready, inFlight }) => ready === 0 && inFlight === inFlightOf(spec, 0),
      );
      return;
    }
    const { ready, inFlight } = await bench.residue();
    if (spec.unsettled === "stuck") expect(inFlight).toEqual(expect.arrayContaining(worker.texts));
    else expect([...ready, ...inFlight].filter((text) => worker.texts.includes(text))).toEqual([]);
    if (!spec.keeps) return;
    const left = [...ready, ...inFlight];
    const gone = textsOf(sent).filter((text) => !left.includes(text));
    const mayBeGone = spec.unsettled === "stuck" ? 0 : worker.deliveries.length + (spec.prefetch ?? 0);
    expect(gone.length).toBeLessThanOrEqual(mayBeGone);
    expect(textsOf(sent)).toEqual(expect.arrayContaining(left));
    expect(await bench.admin.depth()).toMatchObject({
      ready: ready.length,
      inFlight: inFlightOf(spec, inFlight.length),
    });
  });

  it(`a message whose handler fails is ${spec.failed}`, async () => {
    await using bench = await open();
    let failures = spec.failed === "redelivered" ? 1 : Number.POSITIVE_INFINITY;
    const worker = await bench.consumer(async () => (failures-- > 0 ? "failed" : "completed"));
    const producer = await bench.producer();
    const payload = Buffer.from("fails");
    const texts = textsOf([payload]);
    await producer.publish(payload);
    await eventually(
      () => worker.settled,
      (settled) => settled >= 1,
    );
    if (spec.failed === "redelivered") {
      await eventually(
        () => worker.settled,
        (settled) => settled === 2,
        bench.horizonMs + 5000,
      );
      await worker.stop();
      expect(await bench.residue()).toEqual({ ready: [], inFlight: [], deadLettered: [] });
      expect(worker.deliveries[1]?.redelivered).not.toBe(false);
      return;
    }
    const wanted = { ready: [], inFlight: [], deadLettered: [] };
    if (spec.failed === "deadLettered") {
      await eventually(
        () => bench.admin.depth(),
        ({ deadLettered }) => deadLettered === 1,
        bench.horizonMs + 5000,
      );
      Object.assign(wanted, { deadLettered: texts });
    } else if (spec.failed === "stuck") Object.assign(wanted, { inFlight: texts });
    await worker.stop();
    expect(await bench.residue()).toEqual(wanted);
  });
}
