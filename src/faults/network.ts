import type { FaultSpec, NetworkFault } from "../scenario/scenario.js";
import type { Inject } from "../spi/fault.js";
import type { FaultContext } from "./context.js";
import { effectSpec } from "./proxy/effect-spec.js";

type Spec = FaultSpec & NetworkFault;

/** Breaks the path between clients and broker, in havoq's own proxy. */
export const injectNetworkFault: Inject<Spec, FaultContext> = async (spec, { proxy, injectionId }) => {
  if (!proxy) throw new Error("this run has no proxy on the path");
  await proxy.inject(injectionId, spec.side, effectSpec(spec));
  const heal = async () => void (await proxy.heal(injectionId));
  return { description: `${describeEffects(spec)} for ${spec.side}`, heal };
};

function describeEffects(spec: Spec): string {
  const parts = [
    spec.latency > 0 && `latency ${spec.latency} ms${spec.jitter > 0 ? ` +- ${spec.jitter} ms` : ""}`,
    spec.bandwidth !== null && `bandwidth ${spec.bandwidth} B/s`,
    spec.partition && "partition",
    spec.reset && "connection reset",
    spec.cut === "before-answer" && "cut before the answer",
    spec.cut !== null && spec.cut !== "before-answer" && `cut after ${spec.cut.afterBytes} B`,
    spec.slowClose !== null && `slow close ${spec.slowClose} ms`,
  ].filter((part) => part !== false);
  const direction = spec.direction === "both" ? "" : ` (${spec.direction})`;
  return `network ${parts.join(", ")}${direction}`;
}
