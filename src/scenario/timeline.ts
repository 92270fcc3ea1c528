import type { Finding } from "../input/problems.js";
import { didYouMean } from "../input/suggest.js";
import { formatDuration } from "../input/units-text.js";
import { type Milliseconds, ms } from "../units.js";
import { type FaultSpec, LOAD_PHASES, type LoadPhase, type Moment } from "./scenario.js";

/** What the timeline needs to know of a fault. */
type TimedFault = Pick<FaultSpec, "id" | "at" | "for" | "repeat">;

/** When a fault is injected for the first time and healed for the last, as planned, from the start of the load. */
interface Planned {
  readonly start: Milliseconds;
  readonly end: Milliseconds;
}

/** How long each phase of the load is. */
export type Phases = Readonly<Record<LoadPhase, Milliseconds>>;

/** Time from the start of the load to the start of a phase, or to the end of the load. */
export function startOf(phase: LoadPhase | "end", phases: Phases): number {
  const before: readonly LoadPhase[] = phase === "end" ? LOAD_PHASES : LOAD_PHASES.slice(0, LOAD_PHASES.indexOf(phase));
  return before.reduce<number>((sum, name) => sum + phases[name], 0);
}

/** When each fault is planned; faults that wait for an unknown fault or for each other have no time. */
function plannedTimes(faults: readonly TimedFault[], phases: Phases): ReadonlyMap<string, Planned> {
  const byId = new Map(faults.map((fault) => [fault.id, fault]));
  const times = new Map<string, Planned>();
  const startOfFault = (at: Moment, waiting: ReadonlySet<string>): number | undefined => {
    if (at.from === "phase") return startOf(at.phase, phases) + at.offset;
    const other = byId.get(at.fault);
    if (other === undefined || waiting.has(other.id)) return undefined;
    const time = plan(other, waiting)?.[at.edge];
    return time === undefined ? undefined : time + at.offset;
  };
  const plan = (fault: TimedFault, waiting: ReadonlySet<string>): Planned | undefined => {
    const known = times.get(fault.id);
    if (known !== undefined) return known;
    const start = startOfFault(fault.at, new Set([...waiting, fault.id]));
    if (start === undefined) return undefined;
    const planned = { start: ms(start), end: ms(lastStart(fault, start) + fault.for) };
    times.set(fault.id, planned);
    return planned;
  };
  for (const fault of faults) plan(fault, new Set());
  return times;
}

const lastStart = ({ repeat }: TimedFault, start: number) => start + (repeat.times - 1) * repeat.every;

/** Finds moments that refer to nothing: unknown faults, faults that wait for each other. Moments that can't be read are left out. */
export function checkReferences(moments: readonly (Moment | undefined)[], ids: readonly string[]): Finding[] {
  const next = (index: number): number => {
    const at = moments[index];
    return at?.from === "fault" ? ids.indexOf(at.fault) : -1;
  };
  return moments.flatMap((at, index): Finding[] => {
    if (at?.from !== "fault") return [];
    const path = [index, "at"];
    if (next(index) === -1)
      return [{ path, message: `there is no fault with the id "${at.fault}"`, hint: didYouMean(at.fault, ids, "ids") }];
    const chain = [index];
    for (let other = next(index); other !== -1 && !chain.includes(other); other = next(other)) chain.push(other);
    const cyclic = next(chain.at(-1) ?? -1) === index;
    // One problem for each circle, at its first fault.
    if (!cyclic || index !== Math.min(...chain)) return [];
    const circle = [...chain, index].map((member) => ids[member]).join(" waits for ");
    return [{ path, message: `can never begin: ${circle}` }];
  });
}

/** Finds faults that would begin in a phase of no length, or when the load is over. */
export function checkTimes(faults: readonly (TimedFault | undefined)[], phases: Phases): Finding[] {
  const times = plannedTimes(
    faults.filter((fault) => fault !== undefined),
    phases,
  );
  const end = startOf("end", phases);
  return faults.flatMap((fault, index): Finding[] => {
    const path = [index, "at"];
    if (fault?.at.from === "phase" && phases[fault.at.phase] === 0) {
      const { phase } = fault.at;
      return [{ path, message: `the phase ${phase} has no length`, hint: `write its length as phases.${phase}` }];
    }
    const start = fault && times.get(fault.id)?.start;
    if (fault === undefined || start === undefined) return [];
    const last = lastStart(fault, start);
    if (last < end) return [];
    const which = fault.repeat.times > 1 ? `injection ${fault.repeat.times} of ${fault.repeat.times}` : "the fault";
    const [begins, over] = [last, end].map((time) => formatDuration(ms(time), 6));
    const message = `${which} would begin after ${begins}, but the load is over after ${over}`;
    return [{ path, message, hint: "begin earlier, or make a phase longer" }];
  });
}
