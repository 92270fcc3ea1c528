import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { sleep } from "../time.js";
import { type Bench, textsOf } from "./bench.js";
import { eventually } from "./eventually.js";
import { type Conformance, withoutBroker } from "./spec.js";
import type { System } from "./system.js";
import { testCase } from "./test-case.js";

/** Time between two messages, and how long each is handled: a pause makes a backlog that takes a while to handle. */
const EVERY_MS = 5;
const HANDLE_MS = 10;
/** Messages that are confirmed between one break and the next. */
const SOME = 40;
/** How long it may take until what was interrupted is redelivered, beyond the horizon of the driver. */
const PATIENCE_MS = 60_000;

/** What becomes of messages when the broker stands still for so long that its clients have to begin anew. */
export function silences(system: System, spec: Conformance): void {
  const { silenceMs = 0, queueOutlivesAfterMs = 0 } = spec;
  const whyNot = withoutBroker(spec) ?? (silenceMs > 0 ? null : "no silenceMs is given");
  const title = "loses nothing over a long pause of the broker and a restart while messages flow";
  testCase(title, whyNot, async () => {
    const { broker } = system;
    await using bench = await system.open();
    const handle = async () => {
      await sleep(HANDLE_MS);
      return "completed" as const;
    };
    const workers = [await bench.consumer(handle), await bench.consumer(handle)];
    const flow = await Flow.of(bench);
    await flow.goesOn();
    await sleep(queueOutlivesAfterMs);
    await broker.pause();
    // The time is what is looked at: it is longer than what the clients wait.
    await sleep(silenceMs);
    await broker.resume();
    await flow.goesOn();
    await broker.stop();
    await broker.start();
    await flow.goesOn();
    await flow.end();
    const undelivered = () => {
      const delivered = new Set(workers.flatMap(({ texts }) => texts));
      return flow.confirmed.filter((text) => !delivered.has(text));
    };
    const isEmpty = async () => {
      const depth = await bench.admin.depth().catch(() => null);
      return depth?.ready === 0 && (depth.inFlight ?? 0) === 0;
    };
    // What is neither delivered nor waiting any more is lost, or set aside.
    await eventually(
      async () => undelivered().length === 0 || (await isEmpty()),
      (ended) => ended,
      bench.horizonMs + PATIENCE_MS,
    );
    const left = Object.values(await bench.residue()).flat();
    expect(undelivered().filter((text) => !left.includes(text))).toEqual([]);
  });
}

/** A producer that goes on publishing, whatever becomes of it. */
class Flow {
  readonly confirmed: string[] = [];
  private ended = false;
  private readonly published: Promise<void>[] = [];
  private readonly loop: Promise<void>;

  private constructor(private readonly publish: (payload: Buffer) => Promise<unknown>) {
    this.loop = this.run();
  }

  static async of(bench: Bench): Promise<Flow> {
    const producer = await bench.producer();
    return new Flow((payload) => producer.publish(payload));
  }

  /** Resolves when some more messages are confirmed. */
  async goesOn(): Promise<void> {
    const wanted = this.confirmed.length + SOME;
    await eventually(
      () => this.confirmed.length,
      (count) => count >= wanted,
      PATIENCE_MS,
    );
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.loop;
    await Promise.all(this.published);
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      const payload = randomBytes(64);
      const confirm = () => {
        this.confirmed.push(...textsOf([payload]));
      };
      this.published.push(this.publish(payload).then(confirm, () => {}));
      await sleep(EVERY_MS);
    }
  }
}
