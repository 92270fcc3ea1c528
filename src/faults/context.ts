import type { Limits } from "../spi/broker.js";
import type { Admin } from "../spi/driver.js";
import type { Random } from "../stats/random.js";
import type { ProxyHandle } from "./proxy/client.js";

/** What a fault can break: one node of a broker, or all of it. */
export interface Breakable {
  /** The running process, or `null` when it is down or not havoq's; of several, the first that runs. */
  readonly pid: number | null;
  /** SIGKILL; resolves when the process is gone, throws when none runs. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when the process is gone (SIGKILL after a deadline), throws when none runs. */
  stop(): Promise<void>;
  /** SIGSTOP; resolves when the kernel has stopped the process. */
  pause(): Promise<void>;
  /** SIGCONT; does nothing to a broker that is not paused. */
  resume(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it is ready; does nothing while it runs. */
  start(): Promise<void>;
  /** Removes its data, as if its disk were lost; throws while it runs. */
  loseDisk(): Promise<void>;
  /** Changes what it may use; `null` gives it what it was started with. Only where the host can. */
  limit?(limits: Limits | null): Promise<void>;
  /** Takes it off the network. Only where the host can. */
  disconnect?(): Promise<void>;
  /** Puts it back on the network; does nothing to a broker that is on it. */
  reconnect?(): Promise<void>;
  /** Whether it goes on taking connections. Only of a broker that the user's own commands break. */
  answers?(): Promise<boolean>;
}

/** What an agent may be told to do to itself. */
export const AGENT_FAULTS = ["slow", "block"] as const;

/** A fault that an agent does to itself, and answers when it is in effect. */
export type AgentFault =
  /** Adds to every handling time; 0 heals. */
  | { readonly type: "slow"; readonly byMs: number }
  /** Keeps the event loop busy. */
  | { readonly type: "block"; readonly forMs: number };

/** What a fault may do to the process of a producer or worker. */
export interface AgentTarget {
  /** Such as "worker-1". */
  readonly name: string;
  readonly index: number;
  /** How often it was replaced. */
  readonly incarnation: number;
  readonly process: {
    /** The process that a fault hits: a supervisor stands aside. */
    readonly mainPid: number;
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
  readonly broker: (Breakable & { readonly nodes: ReadonlyMap<string, Breakable> }) | null;
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
