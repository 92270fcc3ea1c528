import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Broker } from "../../src/hosts/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { unreadBytes } from "../support/unread.js";
import { payloads, textsOf } from "./bench.js";
import type { Conformance, Open } from "./spec.js";

/** How long to look for what should not happen. */
const LOOK_MS = 700;

/** What producers and consumers do when the broker dies under them. */
export function breaks(open: Open, broker: () => Broker, spec: Conformance): void {
  const queueIsOld = () => new Promise((resolve) => setTimeout(resolve, spec.queueOutlivesAfterMs ?? 0));
  describe("when the broker is killed", () => {
    it("confirms no message while the broker is down", async () => {
      await using bench = await open();
      const producer = await bench.producer();
      await producer.publish(Buffer.from("before"));
      await broker().kill();
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
      await broker().start();
      await producer.close();
      expect(await Promise.all(outcomes)).not.toContain("confirmed");
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

    it("goes on consuming when the broker is back", async () => {
      await using bench = await open();
      const worker = await bench.consumer();
      const producer = await bench.producer();
      await producer.publish(Buffer.from("before"));
      await eventually(
        () => worker.settled,
        (settled) => settled === 1,
      );
      await queueIsOld();
      await broker().kill();
      await broker().start();
      const text = textsOf([Buffer.from("after")])[0] ?? "";
      await eventually(
        async () => {
          await producer.publish(Buffer.from("after")).catch(() => {});
          return worker.texts;
        },
        (texts) => texts.includes(text),
        15_000,
      );
    });

    if (!spec.keeps) return;
    it(`${spec.outlivesCrash ? "keeps" : "loses"} what waited`, async () => {
      await using bench = await open();
      const producer = await bench.producer();
      const sent = payloads(20);
      await queueIsOld();
      await Promise.all(sent.map((payload) => producer.publish(payload)));
      await broker().kill();
      await broker().start();
      expect((await bench.residue()).ready).toEqual(spec.outlivesCrash ? textsOf(sent) : []);
    });
  });
}
