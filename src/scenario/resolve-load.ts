import { bytes, ms } from "../units.js";
import type { LoadInput, PayloadInput, RateShapeInput } from "./load-schema.js";
import type { Keys, Moment, PayloadPart, RateShape, Scenario } from "./scenario.js";
import { type Phases, startOf } from "./timeline.js";

/** The resolved form of a load; the files that it names are read by `readLoadFiles`. */
export function resolveLoad(load: LoadInput, phases: Phases): Scenario["load"] {
  const { rate, payload, keys, priorities } = load;
  return {
    ...load,
    rate: typeof rate === "object" ? resolveRate(rate, phases) : rate,
    payload: typeof payload === "number" ? payload : (Array.isArray(payload) ? payload : [payload]).map(resolvePayload),
    keys: keys === undefined ? null : resolveKeys(keys),
    priorities: priorities ?? null,
  };
}

/** Which of its keys go together was checked by `checkLoad`. */
function resolvePayload({ size = bytes(0), file, entropy = "random", weight }: PayloadInput): PayloadPart {
  return file === undefined ? { size, entropy, weight } : { file, weight };
}

function resolveKeys({ count, distribution, exponent = 1 }: NonNullable<LoadInput["keys"]>): Keys {
  return distribution === "zipf" ? { count, distribution, exponent } : { count, distribution };
}

/** The resolved form of a rate that changes: its moments become times from t0. */
function resolveRate(rate: RateShapeInput, phases: Phases): RateShape {
  if (rate.kind === "trace") return { ...rate, timesNs: [] };
  return "at" in rate ? { ...rate, at: timeOf(rate.at, phases) } : rate;
}

const timeOf = ({ phase, offset }: Extract<Moment, { from: "phase" }>, phases: Phases) =>
  ms(startOf(phase, phases) + offset);
