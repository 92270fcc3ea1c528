import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Broker } from "../../src/hosts/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { unreadBytes } from "../support/unread.js";
import { payloads, textsOf } from "./bench.js";
import type { Conformance, Open } from "./spec.js";

/** How long to look for what should not happen. */
const LOOK_MS = 700;
const KILL_DEADLINE_MS = 240_000;

/** What producers and consumers do when the broker dies under them. */
export function breaks(open: Open, broker: () => Broker, spec: Conformance): void {
  describe("when the broker is killed", () => {
    let seen: Awaited<ReturnType<typeof killOnce>>;
    beforeAll(async () => {
      seen = await killOnce(open, broker(), spec);
    }, KILL_DEADLINE_MS);

    it("confirms no message while the broker is down", () => {
      expect(seen.outcomes).not.toContain("confirmed");
    });

    it("goes on consuming when the broker is back", () => {
      expect(seen.standstill).toBeNull();
    });

    const waits: typeof it | (() => void) = spec.keeps ? it : () => {};
    waits(`${spec.outlivesCrash ? "keeps" : "loses"} what waited`, () => {
      expect(seen.left).toEqual(spec.outlivesCrash ? seen.waited : []);
    });

    // A publish that waits for no answer has one at once.
    const answered: typeof it | (() => void) = spec.ackLevel === "local" ? () => {} : it;
    answered("does not know the outcome of a publish whose answer never came, and says so soon", async () => {
      await using bench = await open();
      const producer = await bench.producer();
      await producer.publish(Buffer.from("before"));
      await broker().pause();
      const payload = randomBytes(2000);
      const { port } = broker().endpoint;
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
      await broker().kill();
      const error = await Promise.race([outcome, sleep(5000, "pending")]);
      await broker().start();
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(RejectedError);
    });
  });
}

/** One kill and start, as three runs with queues of their own see it: one that produces, one that consumes, one that waits. */
async function killOnce(open: Open, broker: Broker, spec: Conformance) {
  await using producing = await open();
  await using consuming = await open();
  await using waiting = await open();
  const producer = await producing.producer();
  await producer.publish(Buffer.from("before"));
  const worker = await consuming.consumer();
  const feeder = await consuming.producer();
  await feeder.publish(Buffer.from("before"));
  await eventually(
    () => worker.settled,
    (settled) => settled === 1,
  );
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
