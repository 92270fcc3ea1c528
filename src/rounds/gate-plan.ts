import { scenarioDifferences } from "../gate/differences.js";
import { DEFAULT_METRICS, type GateMetric, readGateMetric } from "../gate/metrics.js";
import type { GateResult } from "../gate/schema.js";
import {
  DEFAULT_FLOOR_NS,
  DEFAULT_LOOKS,
  DEFAULT_MIN_EFFECT,
  DEFAULT_TOLERANCE,
  type GateSettings,
  neverFails,
  planLooks,
} from "../gate/settings.js";
import { COMPARABLE_JOBS } from "../gate/stored.js";
import { readThreshold, type Threshold } from "../gate/thresholds.js";
import type { Parsed } from "../input/parsed.js";
import type { Problem } from "../input/problems.js";
import { loadEndNs, planPhases } from "../load/phases.js";
import { overlayName } from "../scenario/overlay.js";
import type { Scenario } from "../scenario/scenario.js";
import { forRecord } from "../secrets/places.js";
import { ms, NS_PER_MS } from "../units.js";
import { type Prepared, requireScenario, ScenarioError, type ScenarioSource } from "./load-scenario.js";
import type { GateSystem } from "./sides.js";

/** What the command line says of a gate, its values read. */
export interface GateFlags {
  readonly baseline?: ScenarioSource;
  readonly candidate?: ScenarioSource;
  readonly set?: readonly string[];
  readonly baselineSet?: readonly string[];
  readonly candidateSet?: readonly string[];
  /** Milliseconds, as are `ramp` and `floor`. */
  readonly slice?: number;
  readonly ramp?: number;
  /** Empty for the defaults. */
  readonly metric?: readonly string[];
  readonly threshold?: readonly string[];
  readonly looks?: readonly number[];
  readonly minEffect?: number;
  readonly tolerance?: number;
  readonly floor?: number;
  readonly maxMinutes?: number;
}

/** A gate that can be run: both systems, and what is compared. */
export interface GatePlan {
  readonly baseline: Prepared;
  readonly candidate: Prepared;
  /** Changes of single values that each was loaded with. */
  readonly overlays: Readonly<Record<GateSystem["side"], readonly string[]>>;
  readonly differences: GateResult["differences"];
  readonly settings: GateSettings;
  readonly metrics: readonly GateMetric[];
  readonly thresholds: readonly Threshold[];
}

const DEFAULT_SLICE_MS = 20_000;
const DEFAULT_RAMP_MS = 5000;
/** Agents that connect, the drain, what is left: about this much more for each slice. */
const AROUND_SLICE_MS = 4000;

/** Reads and checks everything; throws one `ScenarioError` with all that is wrong. */
export async function planGate(source: ScenarioSource, flags: GateFlags): Promise<GatePlan> {
  const { set = [], baselineSet = [], candidateSet = [], metric = [], threshold = [], looks = DEFAULT_LOOKS } = flags;
  const { minEffect = DEFAULT_MIN_EFFECT, tolerance = DEFAULT_TOLERANCE, floor = DEFAULT_FLOOR_NS / NS_PER_MS } = flags;
  const { maxMinutes = Number.POSITIVE_INFINITY } = flags;
  const problems: Problem[] = [];
  const overlays = { baseline: [...set, ...baselineSet], candidate: [...set, ...candidateSet] };
  const baseline = await load("baseline", flags.baseline ?? source, flags, problems);
  const candidate = await load("candidate", flags.candidate ?? source, flags, problems);
  const metrics = readAll("--metric", metric.length > 0 ? metric : DEFAULT_METRICS, readGateMetric, problems);
  const thresholds = readAll("--threshold", threshold, readThreshold, problems);
  const settings = { looks: planLooks(looks), minEffect, tolerance, floorNs: floor * NS_PER_MS };
  const never = metrics.length === 0 ? null : neverFails(settings, metrics.length);
  if (never !== null) problems.push(problem("--looks", never));
  if (tolerance < minEffect)
    problems.push(problem("--tolerance", "a gate that tolerates less than its --min-effect never passes"));
  if (!baseline || !candidate) throw new ScenarioError(problems);
  problems.push(...sameLoad(baseline.scenario, candidate.scenario));
  const shortest = pairMs(candidate.scenario) * (settings.looks[0]?.pairs ?? 0);
  if (shortest > maxMinutes * 60_000) problems.push(tooLittleTime(shortest, maxMinutes, settings));
  if (problems.length > 0) throw new ScenarioError(problems);
  const differences = shownDifferences(baseline.scenario, candidate.scenario);
  return { baseline, candidate, overlays, differences, settings, metrics, thresholds };
}

/** What differs between the two, told without the secrets in it. */
function shownDifferences(baseline: Scenario, candidate: Scenario): GateResult["differences"] {
  const shownOf = (scenario: Scenario) =>
    new Map(scenarioDifferences(forRecord(scenario), {}).map(({ path, baseline: value }) => [path, value]));
  const [from, to] = [shownOf(baseline), shownOf(candidate)];
  return scenarioDifferences(baseline, candidate).map(({ path }) => ({
    path,
    baseline: from.get(path) ?? "nothing",
    candidate: to.get(path) ?? "nothing",
  }));
}

/** A gate of the candidate alone against earlier jobs, which takes one look at all of them. */
export async function planStored(source: ScenarioSource, flags: GateFlags): Promise<GatePlan> {
  const { candidate = source, candidateSet = [] } = flags;
  // What stands for the baseline is never run.
  const both = { baseline: candidate, baselineSet: candidateSet, looks: [COMPARABLE_JOBS] };
  const plan = await planGate(source, { ...flags, ...both, maxMinutes: Number.POSITIVE_INFINITY });
  const relative = plan.thresholds.filter(({ limit }) => limit.kind === "baseline");
  if (relative.length === 0) return plan;
  throw new ScenarioError(
    relative.map(({ metric, expression }) =>
      problem(`--threshold ${metric}: ${expression}`, "there is no baseline in a gate against a file of earlier jobs"),
    ),
  );
}

/** A system of the gate as its slices run it. */
export const systemOf = (side: GateSystem["side"], { scenario, driver, options, settings }: Prepared): GateSystem => ({
  side,
  scenario,
  driver,
  options,
  settings,
});

async function load(
  side: GateSystem["side"],
  source: ScenarioSource,
  flags: GateFlags,
  problems: Problem[],
): Promise<Prepared | null> {
  const own = (side === "baseline" ? flags.baselineSet : flags.candidateSet) ?? [];
  try {
    const prepared = await requireScenario(source, [...(flags.set ?? []), ...own]);
    return { ...prepared, scenario: sliceOf(prepared, flags, problems) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const known = new Set(problems.map((each) => JSON.stringify(each)));
    const named = error.problems.map((each) => ({ ...each, file: nameFlag(each.file, side, own) }));
    problems.push(...named.filter((each) => !known.has(JSON.stringify(each))));
    return null;
  }
}

/** An overlay is named by the flag that it came with. */
function nameFlag(file: string, side: GateSystem["side"], own: readonly string[]): string {
  const overlay = own.find((each) => file === overlayName(each));
  return overlay === undefined ? file : overlayName(overlay).replace("--set", `--${side}-set`);
}

/** A slice is warm-up and baseline alone; a scenario with faults keeps the phases that these refer to. */
function sliceOf(
  { scenario, file }: Prepared,
  { slice, ramp }: Pick<GateFlags, "slice" | "ramp">,
  problems: Problem[],
): Scenario {
  if (scenario.faults.length > 0) {
    if (slice !== undefined || ramp !== undefined)
      problems.push(problem("--slice", `${file} has faults: its slices keep the phases of the scenario`));
    return scenario;
  }
  const phases = {
    warmup: ms(ramp ?? DEFAULT_RAMP_MS),
    baseline: ms(slice ?? DEFAULT_SLICE_MS),
    chaos: ms(0),
    recovery: ms(0),
    drain: scenario.phases.drain,
  };
  return { ...scenario, phases };
}

function readAll<T>(
  flag: string,
  texts: readonly string[],
  read: (text: string) => Parsed<T>,
  problems: Problem[],
): T[] {
  return texts.flatMap((text) => {
    const result = read(text);
    if (result.ok) return [result.value];
    problems.push(problem(`${flag} ${text}`, result.message, result.hint));
    return [];
  });
}

const problem = (flag: string, message: string, hint?: string): Problem => ({
  file: flag,
  line: 0,
  column: 0,
  path: "",
  message,
  hint,
});

/** Systems that are not offered the same can't be compared. */
function sameLoad(baseline: Scenario, candidate: Scenario): Problem[] {
  const pick = ({ load, workers, phases, faults }: Scenario) => ({
    "load.rate": load.rate,
    "load.payload": load.payload,
    "workers.handle": workers.handle,
    phases,
    faults,
  });
  return scenarioDifferences(pick(baseline), pick(candidate)).map(({ path, baseline: from, candidate: to }) =>
    problem("--candidate", `${path} is ${to}, and ${from} in the baseline`, "both sides must be offered the same load"),
  );
}

const pairMs = (scenario: Scenario): number => 2 * (loadEndNs(planPhases(scenario)) / NS_PER_MS + AROUND_SLICE_MS);

function tooLittleTime(neededMs: number, minutes: number, { looks }: GateSettings): Problem {
  const needed = Math.ceil(neededMs / 60_000);
  const message = `${minutes} minutes end before the first look at ${looks[0]?.pairs} pairs, which takes about ${needed}: this gate could never decide`;
  return problem("--max-minutes", message, `give it ${needed} minutes, or shorter slices (--slice)`);
}
