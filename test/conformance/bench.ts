import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Broker } from "../../src/hosts/broker.js";
import { chooseHost } from "../../src/hosts/choose.js";
import { openBroker } from "../../src/hosts/open.js";
import type { HostKind } from "../../src/spi/broker.js";
import type { Admin, Clients, Consumer, Delivery, Driver, Producer, ResiduePlace } from "../../src/spi/driver.js";
import { GuardedScratch } from "../support/guarded-scratch.js";
import { chooseProcessHost } from "../support/process-host.js";
import { traitsOf } from "../support/traits.js";

/** Starts the driver's broker in a directory of its own, as a process if nothing else is said; both go when the answer is disposed. */
export async function startBroker(driver: Driver, given: unknown = {}, host?: HostKind) {
  if (!driver.broker) throw new Error(`${driver.name} has no broker`);
  const settings = driver.broker.settings.parse(given);
  const choice = host ? await chooseHost(driver.broker, { host, settings }) : await chooseProcessHost(driver.broker);
  const guarded = new GuardedScratch();
  const { runId, scratch } = guarded;
  const broker = await openBroker(driver.broker, choice, {
    runId,
    dir: scratch.subdirectory("broker"),
    settings,
    url: undefined,
    env: scratch.env,
    logFile: join(scratch.directory, "broker.log"),
    onSpawn: scratch.register,
  }).catch(async (error: unknown) => {
    await guarded[Symbol.asyncDispose]();
    throw error;
  });
  const dispose = broker[Symbol.asyncDispose].bind(broker);
  return Object.assign(broker, {
    [Symbol.asyncDispose]: async () => {
      await dispose();
      await guarded[Symbol.asyncDispose]();
    },
  });
}

/** What a consumer of a bench does with a delivery: settles it, or never does. */
export type Handler = (delivery: Delivery) => Promise<"completed" | "failed">;

/** One run's worth of producers, consumers and admin on a broker. */
export class Bench implements AsyncDisposable {
  readonly runId = `t-${randomBytes(4).toString("hex")}`;
  readonly clientErrors: unknown[] = [];
  private readonly closers: (() => Promise<void>)[] = [];
  private workers = 0;
  private currentAdmin: Admin | null = null;

  private constructor(
    private readonly clients: Clients,
    private readonly options: unknown,
    private readonly broker: Broker,
    readonly horizonMs: number,
  ) {}

  static async open(driver: Driver, options: unknown, broker: Broker): Promise<Bench> {
    const parsed = driver.options.parse(options);
    const { redeliveryHorizon } = traitsOf(driver, options);
    const bench = new Bench(await driver.clients(parsed), parsed, broker, redeliveryHorizon);
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
    if (this.broker.pid !== null || this.broker.kind === "external") await this.admin.teardown();
    await this.admin.close();
  }

  private get context() {
    const onClientError = (error: unknown) => {
      this.clientErrors.push(error);
    };
    return { runId: this.runId, endpoint: this.broker.endpoint, options: this.options, onClientError };
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
