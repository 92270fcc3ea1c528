import type { AgentFault } from "../agent/protocol.js";
import type { Broker } from "../hosts/broker.js";
import type { Admin } from "../spi/driver.js";
import type { Random } from "../stats/random.js";
import type { ProxyHandle } from "./proxy/client.js";

/** What a fault may do to the process of a producer or worker. */
export interface AgentTarget {
  /** Such as "worker-1". */
  readonly name: string;
  readonly index: number;
  /** How often it was replaced. */
  readonly incarnation: number;
  readonly process: {
    readonly pid: number;
    /** How it ended; `null` while it runs. */
    readonly exit: string | null;
    /** Resolves when it has ended. */
    readonly exited: Promise<unknown>;
    /** Whether its end is no surprise. */
    doomed: boolean;
    /** Tells it to break itself; resolves when it says that it has, throws when it does not within `deadlineMs`. */
    obey(fault: AgentFault, deadlineMs?: number): Promise<void>;
    /** Resolves when it has answered a `fault` once more. */
    answered(fault: AgentFault["type"], deadlineMs: number): Promise<void>;
  };
}

/** The producers and workers of a run. */
export interface AgentTargets {
  of(role: "producer" | "worker"): readonly AgentTarget[];
  /** Resolves when the next incarnation is at work, or at once when there is to be none. */
  replaced(target: AgentTarget, incarnation: number): Promise<void>;
}

/** What a fault may break. */
export interface FaultContext {
  /** `null` when the driver has no broker process that havoq runs. */
  readonly broker: Broker | null;
  /** Knows which node of the broker has which role, and holds open what the system has. */
  readonly admin: Admin;
  /** `null` when the scenario has no network fault. */
  readonly proxy: ProxyHandle | null;
  readonly agents: AgentTargets;
  /** Seeded choices, such as which worker crashes. */
  readonly random: Random;
  /** Name of this injection, unique in the run. */
  readonly injectionId: string;
}
