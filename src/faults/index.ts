import type { FaultSpec } from "../scenario/scenario.js";
import type { Injection } from "../spi/fault.js";
import { injectBrokerFault } from "./broker.js";
import type { FaultContext } from "./context.js";
import { injectHoldFault } from "./hold.js";
import { injectNetworkFault } from "./network.js";
import { injectProcessFault } from "./process.js";

/** Injects a fault of any kind; the one list of them. */
export function injectFault(spec: FaultSpec, context: FaultContext): Promise<Injection> {
  switch (spec.kind) {
    case "broker":
      return injectBrokerFault(spec, context);
    case "hold":
      return injectHoldFault(spec, context);
    case "network":
      return injectNetworkFault(spec, context);
    case "worker":
    case "producer":
      return injectProcessFault(spec, context);
  }
}
