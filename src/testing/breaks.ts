import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect } from "vitest";
import { RejectedError } from "../spi/driver.js";
import { sleep, within } from "../time.js";
import { payloads, textsOf } from "./bench.js";
import { eventually } from "./eventually.js";
import { type Conformance, withoutBroker, withoutWaiting } from "./spec.js";
import type { System } from "./system.js";
import { testCase } from "./test-case.js";
import { unreadBytes } from "./unread.js";

/** How long to look for what should not happen. */
const LOOK_MS = 700;
const KILL_DEADLINE_MS = 240_000;

/** What producers and consumers do when the broker dies under them. */
export function breaks(system: System, spec: Conformance): void {
  describe("when the broker is killed", () => {
    let seen: Awaited<ReturnType<typeof killOnce>>;
    const missing = withoutBroker(spec);
    if (missing === null) {
      beforeAll(async () => {
        seen = await killOnce(system, spec);
      }, KILL_DEADLINE_MS);
    }

    testCase("confirms no message while the broker is down", missing, async () => {
      expect(seen.outcomes).not.toContain("confirmed");
    });

    testCase("goes on consuming when the broker is back", missing, async () => {
      expect(seen.standstill).toBeNull();
    });

    const { outlivesCrash = false } = spec;
    testCase(`${outlivesCrash ? "keeps" : "loses"} what waited`, missing ?? withoutWaiting(spec), async () => {
      expect(seen.left).toEqual(outlivesCrash ? seen.waited : []);
    });

    const unanswered = spec.ackLevel === "local" ? "a publish waits for no answer" : null;
    const title = "does not know the outcome of a publish whose answer never came, and says so soon";
    testCase(title, missing ?? unanswered, () => doubts(system));
  });
}

async function doubts(system: System): Promise<void> {
  const { broker } = system;
  await using bench = await system.open();
  const producer = await bench.producer();
  await producer.publish(Buffer.from("before"));
  await broker.pause();
  const payload = randomBytes(2000);
  const { port } = broker.endpoint;
  const unread = unreadBytes(port);
  const outcome = producer.publish(payload).then(
    () => null,
    (error: unknown) => error,
  );
  // A client that wants an answer before it sends the message sends it never; then its outcome is unknown as well.
  await eventually(
    () => unreadBytes(port) - unread,
    (arrived) => arrived >= payload.length,
    LOOK_MS,
  ).catch(() => {});
  await broker.kill();
  const error = (await within(5000, outcome)) ? await outcome : "pending";
  await broker.start();
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(RejectedError);
}

/** One kill and start, as three runs with queues of their own see it: one that produces, one that consumes, one that waits. */
async function killOnce(system: System, spec: Conformance) {
  const { broker } = system;
  await using producing = await system.open();
  await using consuming = await system.open();
  await using waiting = await system.open();
  const producer = await producing.producer();
  await producer.publish(Buffer.from("before"));
  const worker = await consuming.consumer();
  const feeder = await consuming.producer();
  await feeder.publish(Buffer.from("before"));
  await worker.hasSettled(1);
  await sleep(spec.queueOutlivesAfterMs ?? 0);
  const waited = spec.keeps ? payloads(20) : [];
  const filler = await waiting.producer();
  await Promise.all(waited.map((payload) => filler.publish(payload)));

  await broker.kill();
  let started = false;
  const outcomes = payloads(5).map((payload) =>
    producer.publish(payload).then(
      () => (started ? "confirmed later" : "confirmed"),
      () => "refused",
    ),
  );
  // That nothing happens can only be waited for. The right thing passes however long this takes, for a confirm counts
  // as a wrong one only before the broker is started.
  await Promise.race([Promise.all(outcomes), sleep(LOOK_MS)]);
  started = true;
  await broker.start();

  const left = spec.keeps ? (await waiting.residue()).ready : [];
  const text = textsOf([Buffer.from("after")])[0] ?? "";
  const standstill = await eventually(
    async () => {
      await feeder.publish(Buffer.from("after")).catch(() => {});
      return worker.texts;
    },
    (texts) => texts.includes(text),
    15_000,
  ).then(
    () => null,
    (error: unknown) => error,
  );
  await producer.close();
  return { outcomes: await Promise.all(outcomes), standstill, waited: textsOf(waited), left };
}
