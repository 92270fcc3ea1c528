import * as z from "zod";
import { defineFault, type FaultFinding, needsFor, type Place } from "./definition.js";
import { EFFECTS, effectKeys, noEffect } from "./proxy/effects/index.js";
import { type EffectSpec, effectSchema } from "./proxy/protocol.js";
import type { NetworkFault } from "./spec.js";

/** The keys that ask for an effect, in the order of the list. */
const ASKING = EFFECTS.map(({ keys }) => Object.keys(keys)[0] ?? "");
const direction = z
  .enum(["up", "down", "both"])
  .prefault("both")
  .describe("Which way a network fault acts: up is towards the broker, down towards the client.");

/** Breaks the path between clients and broker, in havoq's own proxy. */
export const network = defineFault({
  verb: "network",
  targets: ["producers", "workers", "all"],
  summary: "Disturbs the connections of this side to the broker; needs at least one effect.",
  own: { direction, ...effectKeys },
  shared: ["for"],
  lasts: false,
  /** A cut waits for traffic. */
  armed: ({ cut }) => cut !== null,
  check,
  resolve: (side, keys): NetworkFault => {
    const asked = Object.entries(noEffect).map(([key, nothing]) => [key, Reflect.get(keys, key) ?? nothing]);
    const effect = effectSchema.parse({ direction: keys.direction, ...Object.fromEntries(asked) });
    return { kind: "network", side, ...effect };
  },
  refused,
  async inject(fault, { proxy, injectionId }) {
    if (!proxy) throw new Error("this run has no proxy on the path");
    const spec = effectOf(fault);
    await proxy.inject(injectionId, fault.side, spec);
    const heal = async () => void (await proxy.heal(injectionId));
    return { description: `${describeEffects(spec)} for ${fault.side}`, heal };
  },
});

/** What of a fault goes to the proxy. */
const effectOf = (fault: NetworkFault): EffectSpec =>
  Object.fromEntries(Object.keys(effectSchema.shape).map((key) => [key, Reflect.get(fault, key)])) as EffectSpec;

function describeEffects(spec: EffectSpec): string {
  const parts = EFFECTS.map((effect) => effect.words(spec)).filter((words) => words !== null);
  const way = spec.direction === "both" ? "" : ` (${spec.direction})`;
  return `network ${parts.join(", ")}${way}`;
}

function check(written: Readonly<Record<string, unknown>>): FaultFinding[] {
  const has = (key: string) => Object.hasOwn(written, key) && written[key] !== false;
  const findings: FaultFinding[] = [];
  if (!ASKING.some(has)) {
    const hint = `one of the keys ${ASKING.join(", ")}`;
    findings.push({ message: "missing; expected an effect on the network", hint });
  }
  if (has("jitter") && !has("latency")) {
    const hint = "jitter varies a latency: write both";
    findings.push({ path: ["latency"], message: 'missing; expected a duration such as "5ms"', hint });
  }
  const lasting = EFFECTS.findIndex(({ lasts }, index) => lasts && has(ASKING[index] ?? ""));
  if (lasting >= 0 && !has("for")) findings.push(needsFor(ASKING[lasting] ?? ""));
  return findings;
}

function refused(_: NetworkFault, { driver, can, host }: Place): FaultFinding | null {
  if (!can.network) return { message: `driver ${driver.name} has no network path to break` };
  if (host !== "external" || !driver.broker?.server.advertises) return null;
  const message = `driver ${driver.name}: an external broker leads its clients past the proxy`;
  return { message, hint: "network faults need a broker that havoq starts" };
}
