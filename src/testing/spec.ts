import type { Broker } from "../hosts/broker.js";
import type { Endpoint, HostKind } from "../spi/broker.js";
import type { AckLevel, Driver } from "../spi/driver.js";

/** What is known to happen to messages with one set of options. */
export interface Conformance {
  readonly driver: Driver;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where the broker runs; the first host that runs it as a process, when not given. */
  readonly host?: HostKind;
  /** Broker settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether messages wait for a consumer. */
  readonly keeps: boolean;
  /** Whether messages that wait outlive a SIGKILL of the broker; they do not when not given. */
  readonly outlivesCrash?: boolean;
  /** Age from which on a queue itself outlives a SIGKILL of the broker; 0 when not given. */
  readonly queueOutlivesAfterMs?: number;
  /** What a confirm means with these options; `broker` when not given. */
  readonly ackLevel?: AckLevel;
  /** Whether the system tells how many deliveries are unsettled; it does when not given. */
  readonly countsInFlight?: boolean;
  /** What becomes of deliveries whose consumer went away. */
  readonly unsettled: "lost" | "stuck" | "redelivered";
  /** Messages that a consumer may hold beyond its running handlers; lost with it where `unsettled` is. */
  readonly prefetch?: number;
  /**
   * A pause of the broker after which its clients are cut off, or what they hold is somebody else's: longer than the
   * session, the heartbeats or the lease. Where it is given, nothing is lost over such a pause and a restart.
   */
  readonly silenceMs?: number;
  /** What becomes of a message whose handler always fails; `redelivered`: it comes again and again. */
  readonly failed: "dropped" | "stuck" | "deadLettered" | "redelivered";
  /** Makes a server refuse a run its setup, for a recipe whose `refusal` is to be tried: the suite's broker or another one. */
  readonly refuses?: (broker: Broker) => Promise<Refusing>;
}

/** A server that refuses a run what it needs, and what it says. */
export interface Refusing extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Beside those of the suite. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly words: RegExp;
  readonly hint: RegExp;
}

/** Why a driver without a broker can't be asked what a broker does; `null` for one that has it. */
export const withoutBroker = ({ driver }: Conformance): string | null =>
  driver.broker ? null : `${driver.name} has no broker`;

/** Why a system can't be asked about messages that wait; `null` where they do. */
export const withoutWaiting = ({ keeps }: Conformance): string | null =>
  keeps ? null : "messages do not wait for a consumer";

/** Unsettled deliveries as the queue lengths show them. */
export const inFlightOf = ({ countsInFlight }: Conformance, count: number): number | null =>
  countsInFlight === false ? null : count;
