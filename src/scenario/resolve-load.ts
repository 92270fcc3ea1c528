import { ms } from "../units.js";
import type { LoadInput, RateShapeInput } from "./load-schema.js";
import type { Moment, RateShape, Scenario } from "./scenario.js";
import { type Phases, startOf } from "./timeline.js";

/** The resolved form of a load; the files that it names are read by `readLoadFiles`. */
export function resolveLoad(load: LoadInput, phases: Phases): Scenario["load"] {
  return { ...load, rate: typeof load.rate === "object" ? resolveRate(load.rate, phases) : load.rate };
}

/** The resolved form of a rate that changes: its moments become times from t0. */
function resolveRate(rate: RateShapeInput, phases: Phases): RateShape {
  if (rate.kind === "trace") return { ...rate, timesNs: [] };
  return "at" in rate ? { ...rate, at: timeOf(rate.at, phases) } : rate;
}

const timeOf = ({ phase, offset }: Extract<Moment, { from: "phase" }>, phases: Phases) =>
  ms(startOf(phase, phases) + offset);
