/** What does not go together in a load. */

import type { Finding } from "../input/problems.js";
import { formatDuration } from "../input/units-text.js";
import { ms } from "../units.js";
import { type LoadInput, loadInput, type RateShapeInput } from "./load-schema.js";
import { type Phases, startOf } from "./timeline.js";

/** Checks the plain value of `load`; `phases` when they could be read. */
export function checkLoad(written: unknown, phases: Phases | undefined): Finding[] {
  const input = loadInput.safeParse(written);
  if (!input.success) return [];
  const { rate, arrivals, keys } = input.data;
  const findings = checkPayload(input.data.payload);
  if (keys?.exponent !== undefined && keys.distribution !== "zipf") {
    const hint = "write distribution: zipf, or leave it out";
    findings.push({ path: ["keys", "exponent"], part: "key", message: "only zipf has an exponent", hint });
  }
  if (arrivals === "poisson" && (rate === "closed" || (typeof rate === "object" && rate.kind === "trace"))) {
    const why = rate === "closed" ? "a closed load has no arrivals of its own" : "a trace has its own arrivals";
    findings.push({ path: ["arrivals"], part: "key", message: why, hint: "leave arrivals out, or write a rate" });
  }
  if (typeof rate === "number" && phases) findings.push(...checkCount(rate, phases, input.data.producers));
  if (typeof rate === "object") {
    findings.push(...checkShape(rate).map((finding) => ({ ...finding, path: ["rate", ...finding.path] })));
    if (phases) findings.push(...checkMoment(rate, phases));
  }
  return findings.map((finding) => ({ ...finding, path: ["load", ...finding.path] }));
}

/** Numbers that a message's header has room for. */
const MOST_SENT = 2 ** 32;

function checkCount(rate: number, phases: Phases, producers: number): Finding[] {
  if ((rate * startOf("end", phases)) / 1000 / producers <= MOST_SENT) return [];
  const message = `a producer would send more than ${MOST_SENT.toLocaleString("en-US")} messages`;
  return [{ path: ["rate"], message, hint: "lower it, make a phase shorter, or add producers" }];
}

/** Each sort of payload has either a size or a file. */
function checkPayload(payload: LoadInput["payload"]): Finding[] {
  const list = Array.isArray(payload) ? payload : typeof payload === "number" ? [] : [payload];
  return list.flatMap(({ size, file, entropy }, index): Finding[] => {
    const path = Array.isArray(payload) ? ["payload", index] : ["payload"];
    if (size === undefined && file === undefined)
      return [{ path, message: "missing; expected a size or a file", hint: "such as size: 1KiB" }];
    if (size !== undefined && file !== undefined)
      return [{ path: [...path, "file"], part: "key", message: "goes without size: a file is sent as it is" }];
    if (file !== undefined && entropy !== undefined)
      return [{ path: [...path, "entropy"], part: "key", message: "goes without file: a file is sent as it is" }];
    return [];
  });
}

function checkShape(rate: RateShapeInput): Finding[] {
  switch (rate.kind) {
    case "ramp":
    case "step":
      return rate.from + rate.to > 0 ? [] : [{ path: ["to"], message: "nothing would be sent at all" }];
    case "sine":
      if (rate.period === 0) return [{ path: ["period"], message: "expected a period above 0" }];
      if (rate.amplitude <= rate.mean) return [];
      return [{ path: ["amplitude"], message: "the rate would fall below 0", hint: "at most the mean" }];
    case "spike": {
      const { base, peak, repeat } = rate;
      if (base + peak === 0) return [{ path: ["peak"], message: "nothing would be sent at all" }];
      if (rate.for === 0) return [{ path: ["for"], message: "a spike of no length changes nothing" }];
      if (repeat.times === 1 || repeat.every > rate.for) return [];
      const message = "the next spike would begin before this one has ended";
      return [{ path: ["repeat", "every"], message, hint: "`every` has to be longer than `for`" }];
    }
    case "trace":
      return [];
  }
}

/** A change that would come when the load is over is a mistake. */
function checkMoment(rate: RateShapeInput, phases: Phases): Finding[] {
  if (!("at" in rate)) return [];
  const repeated = rate.kind === "spike" ? (rate.repeat.times - 1) * rate.repeat.every : 0;
  const [begins, over] = [startOf(rate.at.phase, phases) + rate.at.offset + repeated, startOf("end", phases)];
  if (begins < over) return [];
  const times = [begins, over].map((time) => formatDuration(ms(time), 6));
  const what = repeated > 0 ? `the last ${rate.kind}` : `the ${rate.kind}`;
  const message = `${what} would begin after ${times[0]}, but the load is over after ${times[1]}`;
  return [{ path: ["rate", "at"], message, hint: "begin earlier, or make a phase longer" }];
}
