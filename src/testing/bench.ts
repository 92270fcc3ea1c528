import { createHash, randomBytes } from "node:crypto";
import type { Broker } from "../hosts/broker.js";
import type { Endpoint } from "../spi/broker.js";
import type { Admin, Clients, Consumer, Delivery, Driver, Producer, ResiduePlace } from "../spi/driver.js";
import { eventually } from "./eventually.js";

/** What a driver without a broker is given. */
const NOWHERE: Endpoint = { host: "127.0.0.1", port: 0 };

/** What a consumer of a bench does with a delivery: settles it, or never does. */
export type Handler = (delivery: Delivery) => Promise<"completed" | "failed">;

/** An id that no other run of a test has. */
export const newRunId = (): string => `t-${randomBytes(4).toString("hex")}`;

/** One run's worth of producers, consumers and admin on a broker. */
export class Bench implements AsyncDisposable {
  readonly runId = newRunId();
  readonly clientErrors: unknown[] = [];
  private readonly closers: (() => Promise<void>)[] = [];
  private workers = 0;
  private currentAdmin: Admin | null = null;

  private constructor(
    private readonly clients: Clients,
    private readonly options: unknown,
    private readonly broker: Broker | null,
    readonly horizonMs: number,
  ) {}

  static async open(driver: Driver, given: unknown, broker: Broker | null): Promise<Bench> {
    const options = driver.options.parse(given);
    const settings = driver.broker?.settings.parse({});
    const { redeliveryHorizon } = driver.traits({ options, settings, host: "auto" });
    const bench = new Bench(await driver.clients(options), options, broker, redeliveryHorizon);
    const admin = await bench.clients.admin(bench.context);
    await admin.setup();
    bench.currentAdmin = admin;
    return bench;
  }

  get admin(): Admin {
    if (!this.currentAdmin) throw new Error("the bench is not open");
    return this.currentAdmin;
  }

  async producer(): Promise<Producer> {
    const producer = await this.clients.producer(this.context);
    this.closers.push(() => producer.close());
    return producer;
  }

  /** A worker that writes down each delivery, handles it and settles it. */
  async consumer(handle: Handler = async () => "completed", concurrency = 4): Promise<Worker> {
    this.workers += 1;
    const worker = new Worker();
    const context = { ...this.context, concurrency, workerId: `worker-${this.workers}` };
    worker.consumer = await this.clients.consumer(context, async (delivery) => {
      worker.deliveries.push({ text: textOf(delivery.payload), redelivered: delivery.redelivered });
      const outcome = await handle(delivery);
      await delivery.settle(outcome);
      worker.settled += 1;
    });
    this.closers.push(() => worker.close());
    return worker;
  }

  /** Digests of the payloads left in the system, sorted, by place. */
  async residue(): Promise<Record<ResiduePlace, string[]>> {
    const found: Record<ResiduePlace, string[]> = { ready: [], inFlight: [], deadLettered: [] };
    for await (const left of this.admin.residue()) {
      if ("payload" in left) found[left.place].push(textOf(left.payload));
      else found[left.place].push(...Array.from({ length: left.count }, () => "?"));
    }
    for (const list of Object.values(found)) list.sort();
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.closers.reverse()) await close();
    const { broker } = this;
    if (broker === null || broker.pid !== null || broker.kind === "external") await this.admin.teardown();
    await this.admin.close();
  }

  private get context() {
    const onClientError = (error: unknown) => {
      this.clientErrors.push(error);
    };
    return { runId: this.runId, endpoint: this.broker?.endpoint ?? NOWHERE, options: this.options, onClientError };
  }
}

/** A consumer and what it was given. */
export class Worker {
  readonly deliveries: { readonly text: string; readonly redelivered: boolean | undefined }[] = [];
  settled = 0;
  consumer: Consumer | null = null;
  private closed = false;

  get texts(): string[] {
    return this.deliveries.map(({ text }) => text).sort();
  }

  /** Waits until so many deliveries have come. */
  async isGiven(wanted: number): Promise<void> {
    const seen = () => ({ deliveries: this.deliveries.length, wanted });
    await eventually(seen, ({ deliveries }) => deliveries === wanted);
  }

  /** Waits until so many deliveries are settled. */
  async hasSettled(wanted: number, deadlineMs?: number): Promise<void> {
    const seen = () => ({ settled: this.settled, wanted });
    await eventually(seen, ({ settled }) => settled >= wanted, deadlineMs);
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  /** Without a stop: as if the process ended now. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.consumer?.close();
  }
}

/** Distinct binary payloads of many sizes. */
export function payloads(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const payload = randomBytes(8 + ((index * 97) % 2000));
    payload.writeUInt32BE(index);
    return payload;
  });
}

/** A short text that tells payloads apart: a digest of every byte. */
const textOf = (payload: Buffer) => createHash("sha256").update(payload).digest("hex").slice(0, 24);

/** As `Bench.residue` and `Worker.texts` show them. */
export const textsOf = (list: readonly Buffer[]): string[] => list.map(textOf).sort();
