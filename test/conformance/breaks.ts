import { describe, expect, it } from "vitest";
import type { Broker } from "../../src/hosts/broker.js";
import { RejectedError } from "../../src/spi/driver.js";
import { eventually } from "../support/eventually.js";
import { payloads, textsOf } from "./bench.js";
import type { Conformance, Open } from "./spec.js";

/** What producers and consumers do when the broker dies under them. */
export function breaks(open: Open, broker: () => Broker, spec: Conformance): void {
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
      await Promise.race([Promise.all(outcomes), new Promise((resolve) => setTimeout(resolve, 700))]);
      started = true;
      await broker().start();
      await producer.close();
      expect(await Promise.all(outcomes)).not.toContain("confirmed");
    });

    it("does not know the outcome of a publish whose answer never came, and says so soon", async () => {
      await using bench = await open();
      const producer = await bench.producer();
      await producer.publish(Buffer.from("before"));
      await broker().pause();
      const outcome = producer.publish(Buffer.from("without an answer")).then(
        () => null,
        (error: unknown) => error,
      );
      // Long enough for the bytes to leave this process.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await broker().kill();
      const error = await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 5000, "pending"))]);
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
      await Promise.all(sent.map((payload) => producer.publish(payload)));
      await broker().kill();
      await broker().start();
      expect((await bench.residue()).ready).toEqual(spec.outlivesCrash ? textsOf(sent) : []);
    });
  });
}
