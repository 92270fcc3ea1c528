/** Where a comparison is not like for like, in a sentence each. */
import { missing } from "../result/evidence.js";
import { formatNs } from "../result/format.js";
import type { RunResult } from "../result-schema.js";
import type { Side } from "./input.js";
import type { Knob } from "./schema.js";

const CONFIRMED: Readonly<Record<NonNullable<RunResult["target"]["confirmedIn"]>, string>> = {
  client: "left the client",
  memory: "in the broker's memory",
  "page cache": "written to the page cache",
  disk: "synced to the disk",
  replicas: "on several brokers",
};

/** All findings; none means that the subjects were given the same, as far as can be seen. */
export function fairness(sides: readonly Side[], knobs: readonly Knob[]): string[] {
  if (sides.length < 2) return [];
  return [
    ...durabilityFinding(sides),
    ...knobFindings(sides, knobs),
    ...scheduleFinding(sides),
    ...prefetchFinding(sides),
    ...horizonFinding(sides),
    ...healthFindings(sides),
    ...lateFindings(sides),
    ...blindFinding(sides),
    ...externalFinding(sides),
    ...unevenRuns(sides),
  ];
}

const first = ({ runs }: Side): RunResult | undefined => runs[0]?.result;

/** Names of the subjects by what `of` says about them: "a, b: x; c: y". */
function grouped(sides: readonly Side[], of: (result: RunResult) => string): string[] {
  const groups = new Map<string, string[]>();
  for (const side of sides) {
    const result = first(side);
    if (!result) continue;
    const key = of(result);
    groups.set(key, [...(groups.get(key) ?? []), side.name]);
  }
  return groups.size < 2 ? [] : [...groups].map(([key, names]) => `${names.join(", ")}: ${key}`);
}

function durabilityFinding(sides: readonly Side[]): string[] {
  const groups = grouped(sides, ({ target: { confirmedIn } }) =>
    confirmedIn === undefined ? "not known" : CONFIRMED[confirmedIn],
  );
  if (groups.length === 0) return [];
  return [
    `Where a message is when it is confirmed differs, so publish latency and loss answer for different promises: ${groups.join("; ")}.`,
  ];
}

function knobFindings(sides: readonly Side[], knobs: readonly Knob[]): string[] {
  return knobs
    .filter(({ kind }) => kind === "mismatch")
    .map(({ path, values }) => {
      const given = sides.map(({ name }, at) => `${name} ${values[at]}`).join(", ");
      return `${path} is not the same for all: ${given}.`;
    });
}

/** The same seed in the same round gives the same schedule and payloads. */
function scheduleFinding(sides: readonly Side[]): string[] {
  const rounds = new Set(sides.flatMap(({ runs }) => runs.map(({ round }) => round)));
  const unlike = [...rounds].some((round) => {
    const seeds = sides.flatMap(({ runs }) =>
      runs.filter((run) => run.round === round).map(({ result }) => result.run.seed),
    );
    return new Set(seeds).size > 1;
  });
  return unlike ? ["The seeds of runs that are compared differ, and with them schedules and payloads."] : [];
}

function prefetchFinding(sides: readonly Side[]): string[] {
  const groups = grouped(sides, ({ target: { options, prefetchOption } }) =>
    prefetchOption === undefined ? "no such option" : `${prefetchOption} ${String(options?.[prefetchOption])}`,
  );
  if (groups.length === 0) return [];
  return [`How many messages a worker takes ahead of its handlers differs: ${groups.join("; ")}.`];
}

function horizonFinding(sides: readonly Side[]): string[] {
  const groups = grouped(sides, ({ target: { redeliveryHorizonNs } }) =>
    redeliveryHorizonNs === 0 ? "never" : `after at most ${formatNs(redeliveryHorizonNs)}`,
  );
  if (groups.length === 0) return [];
  return [
    `When an unsettled message is delivered again by itself differs, and with it how long a crash delays messages: ${groups.join("; ")}.`,
  ];
}

function healthFindings(sides: readonly Side[]): string[] {
  return sides.flatMap(({ name, runs }) => {
    const limited = runs.filter(({ result }) => result.health.verdict === "generator-limited");
    const noisy = runs.filter(({ result }) => result.health.verdict === "noisy-machine");
    const of = (some: readonly unknown[]) => `in ${some.length} of ${runs.length} runs`;
    return [
      ...(limited.length > 0
        ? [
            `${name}: messages left havoq late ${of(limited)} (window full, or machine busy), so its latencies say how far behind it was, not how fast it is.`,
          ]
        : []),
      ...(noisy.length > 0
        ? [`${name}: the machine's CPU was taken away ${of(noisy)}, so its timings are doubtful.`]
        : []),
    ];
  });
}

/** A fault that came late met another moment of the load than the others did. */
function lateFindings(sides: readonly Side[]): string[] {
  return sides.flatMap(({ name, runs }) => {
    const late = runs.flatMap(({ result }) => missing(result).filter(({ claim }) => claim !== "havoq kept up"));
    const [first] = late;
    return first ? [`${name}: in ${late.length} of ${runs.length} runs ${first.why}, so its times are doubtful.`] : [];
  });
}

/** A system that can't be looked into has no loss that could be seen. */
function blindFinding(sides: readonly Side[]): string[] {
  const blind = sides.filter(({ runs }) => runs.some(({ result }) => result.delivery.unseen > 0));
  if (blind.length === 0) return [];
  return [
    `${blind.map(({ name }) => name).join(", ")}: what became of some messages can't be told, so a loss of 0 proves nothing there.`,
  ];
}

/** What havoq did not start it can't stop while another target is loaded. */
function externalFinding(sides: readonly Side[]): string[] {
  const external = sides.filter((side) => first(side)?.target.host === "external");
  if (external.length === 0) return [];
  const names = external.map(({ name }) => name).join(", ");
  return [
    `${names}: not started by havoq, so it also ran while the others were loaded, and its CPU and memory are not known.`,
  ];
}

function unevenRuns(sides: readonly Side[]): string[] {
  const groups = new Map<number, string[]>();
  for (const { name, runs } of sides) groups.set(runs.length, [...(groups.get(runs.length) ?? []), name]);
  if (groups.size < 2) return [];
  return [
    `Not all were run equally often: ${[...groups].map(([runs, names]) => `${names.join(", ")} ${runs} times`).join("; ")}.`,
  ];
}
