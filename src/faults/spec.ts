import type { Limits } from "../spi/broker.js";
import type { Milliseconds } from "../units.js";
import type { EffectSpec, FaultSide } from "./proxy/protocol.js";

/** Which processes a worker or producer fault hits: one by chance (seeded), one by index, or all. */
export type Which = "random" | "all" | number;

/** What is done to the broker, or to one node of it. */
export interface BrokerFault {
  readonly kind: "broker";
  readonly action: "kill" | "stop" | "restart" | "pause" | "limit" | "disconnect";
  /** Name or role of one node; `null` for all of the broker. */
  readonly node: string | null;
  /** lost: a killed or stopped broker starts with an empty disk. */
  readonly disk: "kept" | "lost";
  /** For `limit`. */
  readonly limits: Limits;
}

/** What is done to producer or worker processes. */
export interface ProcessFault {
  readonly kind: "worker" | "producer";
  readonly action: "kill" | "stop" | "hang" | "slow" | "block";
  readonly which: Which;
  /** What a SIGKILL hits: the process, its children only, or the whole tree. */
  readonly scope: "process" | "child" | "tree";
  /** For `slow`: what is added to each handling time. */
  readonly by: Milliseconds;
  /** For `stop`: time between SIGTERM and SIGKILL. */
  readonly grace?: Milliseconds;
}

/** What is done to the connections of one side, in havoq's own proxy. */
export interface NetworkFault extends EffectSpec {
  readonly kind: "network";
  readonly side: FaultSide;
}

/** Something of the system's own that stands open until the heal, as if somebody forgot it. */
export interface HoldFault {
  readonly kind: "hold";
  readonly what: "transaction";
}

/** What a fault does. */
export type FaultAction = BrokerFault | ProcessFault | NetworkFault | HoldFault;

/** What a fault does, and for how long; 0 for one that needs no heal (a crash). */
export type Lasting<Action extends FaultAction = FaultAction> = Action & { readonly for: Milliseconds };
