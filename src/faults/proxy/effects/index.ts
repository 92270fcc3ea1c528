import { bandwidth } from "./bandwidth.js";
import { cut } from "./cut.js";
import { latency } from "./latency.js";
import { partition } from "./partition.js";
import { reset } from "./reset.js";
import { slowClose } from "./slow-close.js";

/** Every kind of network fault. */
export const EFFECTS = [latency, bandwidth, partition, reset, cut, slowClose] as const;

/** Each of a union at once. */
type All<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer Both) => void
  ? Both
  : never;

const ofAll = <Part extends "keys" | "spec" | "none">(part: Part) =>
  Object.assign({}, ...EFFECTS.map((effect) => effect[part])) as All<(typeof EFFECTS)[number][Part]>;

/** The keys of all effects in a scenario. */
export const effectKeys = ofAll("keys");
/** The same keys on the way to the proxy. */
export const effectSpecs = ofAll("spec");
/** Their values where there is no effect. */
export const noEffect = ofAll("none");
