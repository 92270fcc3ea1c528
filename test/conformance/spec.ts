import type { HostKind } from "../../src/spi/broker.js";
import type { AckLevel } from "../../src/spi/driver.js";
import type { SystemName } from "../support/systems.js";
import type { Bench } from "./bench.js";

/** What is known to happen to messages with one set of options. */
export interface Conformance {
  readonly system: SystemName;
  readonly driver: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where the broker runs; the first host that runs it as a process, when not given. */
  readonly host?: HostKind;
  /** Broker settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether messages wait for a consumer. */
  readonly keeps: boolean;
  /** Whether messages that wait outlive a SIGKILL of the broker. */
  readonly outlivesCrash: boolean;
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
}

/** Opens a run of its own on the suite's broker. */
export type Open = () => Promise<Bench>;
