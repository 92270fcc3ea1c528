import { expect } from "vitest";
import { sleep } from "../time.js";
import { payloads, textsOf } from "./bench.js";
import { eventually } from "./eventually.js";
import { type Conformance, inFlightOf, withoutWaiting } from "./spec.js";
import type { System } from "./system.js";
import { testCase } from "./test-case.js";

/** What a driver does with messages that it confirms, and with the handlers that take them. */
export function delivers(system: System, spec: Conformance): void {
  testCase("delivers what was confirmed exactly once and byte for byte", null, () => deliversOnce(system, spec));
  testCase("never runs more handlers than its concurrency", null, () => runsFewHandlers(system));
  testCase("waits in stop() for the handlers that run, and for their settling", null, () => waitsInStop(system, spec));
  testCase("leaves no sockets behind when it is closed", null, () => closesSockets(system));
}

async function deliversOnce(system: System, { ackLevel = "broker" }: Conformance): Promise<void> {
  await using bench = await system.open();
  const worker = await bench.consumer();
  const producer = await bench.producer();
  const sent = payloads(200);
  const levels = await Promise.all(sent.map((payload) => producer.publish(payload)));
  expect(new Set(levels), "what a confirm means").toEqual(new Set([ackLevel]));
  await worker.hasSettled(sent.length);
  await worker.stop();
  expect(worker.texts, "what was delivered").toEqual(textsOf(sent));
  const again = worker.deliveries.filter(({ redelivered }) => redelivered === true);
  expect(again, "what is said to be redelivered").toEqual([]);
  const nothing = { ready: [], inFlight: [], deadLettered: [] };
  expect(await bench.residue(), "what is left when all is settled").toEqual(nothing);
  expect(bench.clientErrors, "errors of the client").toEqual([]);
}

async function runsFewHandlers(system: System): Promise<void> {
  await using bench = await system.open();
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
  await worker.hasSettled(40);
  expect(most, "handlers that ran at the same time").toBe(3);
}

async function waitsInStop(system: System, { keeps }: Conformance): Promise<void> {
  await using bench = await system.open();
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
  await worker.isGiven(1);
  const stopped = worker.stop().then(() => events.push("stopped"));
  // A stop that waits for no handler ends at once, or when the broker has answered it; it answers others meanwhile.
  for (let answer = 0; answer < 5; answer++) await bench.admin.depth();
  release();
  await stopped;
  expect(events).toEqual(["handled", "stopped"]);
  expect(worker.settled, "what was settled before stop() resolved").toBe(1);
  if (keeps) {
    await producer.publish(Buffer.from("two"));
    expect((await bench.residue()).ready, "what came after stop()").toEqual(textsOf([Buffer.from("two")]));
  }
  expect(worker.deliveries.length).toBe(1);
}

async function closesSockets(system: System): Promise<void> {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)/.test(name)).length;
  const before = sockets();
  {
    await using bench = await system.open();
    await bench.consumer();
    const producer = await bench.producer();
    await producer.publish(Buffer.from("one"));
  }
  await eventually(sockets, (count) => count <= before);
}

/** What the queue lengths and the residue tell of messages that wait. */
export function keeps(system: System, spec: Conformance): void {
  const title = "shows what waits for a consumer, in the queue lengths and as residue";
  testCase(title, withoutWaiting(spec), async () => {
    await using bench = await system.open();
    const producer = await bench.producer();
    // More than a page of any listing.
    const sent = payloads(1100);
    for (let at = 0; at < sent.length; at += 100) {
      await Promise.all(sent.slice(at, at + 100).map((payload) => producer.publish(payload)));
    }
    // What was confirmed here only is still on its way.
    const depth = await eventually(
      () => bench.admin.depth(),
      ({ ready }) => spec.ackLevel !== "local" || ready === sent.length,
    );
    expect(depth).toMatchObject({ ready: sent.length, inFlight: inFlightOf(spec, 0) });
    expect(await bench.residue()).toEqual({ ready: textsOf(sent), inFlight: [], deadLettered: [] });
  });
}
