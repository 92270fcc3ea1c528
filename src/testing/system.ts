import type { Broker } from "../hosts/broker.js";
import { Bench } from "./bench.js";
import { startBroker } from "./broker.js";
import type { Conformance } from "./spec.js";

/** The system under test: the broker of a suite, and the runs on it. */
export class System implements AsyncDisposable {
  private started: Broker | null = null;

  constructor(private readonly spec: Conformance) {}

  /** Starts the broker, where the driver has one. */
  async start(): Promise<void> {
    const { driver, settings, host } = this.spec;
    if (driver.broker) this.started = await startBroker(driver, settings, host);
  }

  get broker(): Broker {
    if (!this.started) throw new Error(`${this.spec.driver.name} has no broker that runs`);
    return this.started;
  }

  /** Opens a run of its own. */
  open(): Promise<Bench> {
    const { driver, options = {} } = this.spec;
    return Bench.open(driver, options, this.started);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.started?.[Symbol.asyncDispose]();
  }
}
