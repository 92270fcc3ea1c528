import { expect } from "vitest";
import type { ResiduePlace } from "../spi/driver.js";
import { type Bench, payloads, textsOf, type Worker } from "./bench.js";
import { eventually } from "./eventually.js";
import { type Conformance, inFlightOf } from "./spec.js";
import type { System } from "./system.js";
import { testCase } from "./test-case.js";

const forever = new Promise<never>(() => {});
/** How long what is to come again may take, beyond the horizon of the driver. */
const PATIENCE_MS = 5000;

/** What becomes of deliveries that nobody settles, or that a handler fails. */
export function settles(system: System, spec: Conformance): void {
  testCase(`deliveries whose consumer went away are ${spec.unsettled}`, null, () => abandons(system, spec));
  testCase(`a message whose handler fails is ${spec.failed}`, null, () => fails(system, spec));
}

async function abandons(system: System, spec: Conformance): Promise<void> {
  await using bench = await system.open();
  const worker = await bench.consumer(() => forever, 3);
  const producer = await bench.producer();
  const sent = payloads(10);
  await Promise.all(sent.map((payload) => producer.publish(payload)));
  await worker.isGiven(3);
  await worker.close();
  if (spec.unsettled === "redelivered") await comesAgain(bench, worker, sent, spec);
  else await staysAway(bench, worker, sent, spec);
}

async function comesAgain(bench: Bench, gone: Worker, sent: readonly Buffer[], spec: Conformance): Promise<void> {
  const next = await bench.consumer();
  await eventually(
    () => ({ delivered: new Set(next.texts).size, wanted: sent.length }),
    ({ delivered, wanted }) => delivered === wanted,
    bench.horizonMs + PATIENCE_MS,
  );
  const again = next.deliveries.filter(({ text }) => gone.texts.includes(text));
  const unnamed = again.filter(({ redelivered }) => redelivered === false);
  expect(unnamed, "what came again and is said not to be redelivered").toEqual([]);
  await eventually(
    () => bench.admin.depth(),
    ({ ready, inFlight }) => ready === 0 && inFlight === inFlightOf(spec, 0),
  );
}

async function staysAway(bench: Bench, gone: Worker, sent: readonly Buffer[], spec: Conformance): Promise<void> {
  const { ready, inFlight } = await bench.residue();
  const left = [...ready, ...inFlight];
  const held = gone.texts;
  if (spec.unsettled === "stuck") {
    expect(inFlight, "what the consumer held is in flight").toEqual(expect.arrayContaining(held));
  } else {
    const kept = left.filter((text) => held.includes(text));
    expect(kept, "what the consumer held is nowhere").toEqual([]);
  }
  if (!spec.keeps) return;
  const lost = textsOf(sent).filter((text) => !left.includes(text));
  const mayBeLost = spec.unsettled === "stuck" ? 0 : held.length + (spec.prefetch ?? 0);
  expect(lost.length, "messages that are lost").toBeLessThanOrEqual(mayBeLost);
  expect(textsOf(sent)).toEqual(expect.arrayContaining(left));
  const depth = { ready: ready.length, inFlight: inFlightOf(spec, inFlight.length) };
  expect(await bench.admin.depth(), "queue lengths, as the residue has them").toMatchObject(depth);
}

async function fails(system: System, { failed }: Conformance): Promise<void> {
  await using bench = await system.open();
  let failures = failed === "redelivered" ? 1 : Number.POSITIVE_INFINITY;
  const worker = await bench.consumer(async () => (failures-- > 0 ? "failed" : "completed"));
  const producer = await bench.producer();
  const payload = Buffer.from("fails");
  const texts = textsOf([payload]);
  await producer.publish(payload);
  await worker.hasSettled(1);
  const left: Record<ResiduePlace, string[]> = { ready: [], inFlight: [], deadLettered: [] };
  if (failed === "redelivered") {
    await worker.hasSettled(2, bench.horizonMs + PATIENCE_MS);
  } else if (failed === "deadLettered") {
    await eventually(
      () => bench.admin.depth(),
      ({ deadLettered }) => deadLettered === 1,
      bench.horizonMs + PATIENCE_MS,
    );
    left.deadLettered = texts;
  } else if (failed === "stuck") left.inFlight = texts;
  await worker.stop();
  expect(await bench.residue(), "what is left of it").toEqual(left);
  if (failed === "redelivered") expect(worker.deliveries[1]?.redelivered, "the second delivery").not.toBe(false);
}
