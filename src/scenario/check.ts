/** Checks of what goes together across a scenario. Each looks only at what can be read, so that all problems show at once. */

import { isMap, show } from "../input/parsed.js";
import type { Finding, Path } from "../input/problems.js";
import { LONGEST_DURATION } from "../input/units-text.js";
import { checkLoad } from "./check-load.js";
import { readComparison, resolveComparison } from "./expectation.js";
import { checkFaultIds, faultIds } from "./fault-ids.js";
import { checkFaultKeys } from "./fault-keys.js";
import { faultInput } from "./fault-schema.js";
import { scenarioInput } from "./input-schema.js";
import { readMetric } from "./metric-name.js";
import { resolveFault } from "./resolve.js";
import { type Expectation, type FaultSpec, LOAD_PHASES } from "./scenario.js";
import { checkReferences, checkTimes, type Phases, startOf } from "./timeline.js";
import { readMoment } from "./values.js";

/** What could be resolved, and what is wrong beyond the values themselves. */
interface Checked {
  readonly faults: readonly FaultSpec[];
  readonly expect: readonly Expectation[];
  readonly findings: readonly Finding[];
}

type Values = Readonly<Record<string, unknown>>;

/** Checks the plain values of a scenario file, whether or not each of them can be read. */
export function checkScenario(data: unknown): Checked {
  const scenario: Values = isMap(data) ? data : {};
  const written: readonly unknown[] = Array.isArray(scenario["faults"]) ? scenario["faults"] : [];
  const ids = faultIds(written);
  const phases = scenarioInput.shape.phases.safeParse(scenario["phases"]);
  const faults = checkFaults(written, ids, scenario);
  const expectations = checkExpectations(scenario["expect"], [...new Set(ids)], phases.data);
  return {
    faults: faults.specs.filter((spec) => spec !== undefined),
    expect: expectations.expect,
    findings: [
      ...checkTarget(scenario["target"]),
      ...checkLoad(scenario["load"], phases.data),
      ...faults.findings,
      ...expectations.findings,
    ],
  };
}

const OWN_HOSTS = ["auto", "embedded", "local", "container"];

function checkTarget(target: unknown): Finding[] {
  if (!isMap(target)) return [];
  const host = target["host"] ?? "auto";
  return [...checkUrl(host, target["url"]), ...checkHostKeys(host, target)];
}

/** Keys of a target that mean something for some hosts only. */
const HOSTS_OF_KEYS = {
  image: ["container", "auto"],
  limits: ["container", "auto"],
  external: ["external"],
} as const;

function checkHostKeys(host: unknown, target: Values): Finding[] {
  if (host !== "external" && !OWN_HOSTS.some((own) => own === host)) return [];
  return Object.entries(HOSTS_OF_KEYS).flatMap(([key, hosts]): Finding[] => {
    if (target[key] === undefined || hosts.some((each) => each === host)) return [];
    const hint = `write "host: ${hosts[0]}"`;
    return [{ path: ["target", key], part: "key", message: `means nothing for host: ${host}`, hint }];
  });
}

function checkUrl(host: unknown, url: unknown): Finding[] {
  const path = ["target", "url"];
  if (host === "external" && url === undefined)
    return [{ path, message: "missing; expected the address of the broker", hint: "an external host needs its url" }];
  if (url !== undefined && OWN_HOSTS.some((own) => own === host))
    return [{ path, part: "key", message: `means nothing for host: ${host}`, hint: 'write "host: external"' }];
  return [];
}

function checkFaults(written: readonly unknown[], ids: readonly string[], scenario: Values) {
  const specs = written.map((fault, index) => {
    const input = faultInput.safeParse(fault);
    return input.success ? resolveFault(input.data, ids[index] ?? "") : undefined;
  });
  const moments = written.map((fault) => {
    const moment = readMoment(isMap(fault) ? fault["at"] : undefined);
    return moment.ok ? moment.value : undefined;
  });
  const phases = scenarioInput.shape.phases.safeParse(scenario["phases"]);
  const findings = [
    ...written.flatMap((fault, index) => (isMap(fault) ? beneath([index], checkFaultKeys(fault)) : [])),
    ...checkFaultIds(ids),
    ...checkReferences(moments, ids),
    ...specs.flatMap((spec, index) => (spec === undefined ? [] : beneath([index], checkFaultValues(spec, scenario)))),
    ...(phases.success ? checkTimes(specs, phases.data) : []),
  ];
  return { specs, findings: [...(phases.success ? checkLength(phases.data) : []), ...beneath(["faults"], findings)] };
}

function checkLength(phases: Phases): Finding[] {
  const length = startOf("end", phases);
  if (length === 0) return [{ path: ["phases"], message: "no phase has a length, so there would be no load" }];
  if (length <= LONGEST_DURATION) return [];
  return [{ path: ["phases"], message: "together they are longer than 2400h", hint: "make one of them shorter" }];
}

function checkFaultValues(fault: FaultSpec, scenario: Values): Finding[] {
  const findings: Finding[] = [];
  if (fault.repeat.times > 1 && fault.repeat.every <= fault.for) {
    const message = "the fault would be injected again before it is healed";
    findings.push({ path: ["repeat", "every"], message, hint: "`every` has to be longer than `for`" });
  }
  if (fault.kind !== "worker" && fault.kind !== "producer") return findings;
  const [section, key] = fault.kind === "worker" ? ["workers", "processes"] : ["load", "producers"];
  const written = isMap(scenario[section]) ? scenario[section][key] : undefined;
  const processes = typeof written === "number" ? written : 1;
  if (typeof fault.which === "number" && fault.which >= processes) {
    const message = `there is no ${fault.kind} ${fault.which}`;
    findings.push({ path: ["which"], message, hint: `indexes go from 0, and ${section}.${key} is ${processes}` });
  }
  return findings;
}

function checkExpectations(written: unknown, ids: readonly string[], phases: Phases | undefined) {
  const expect: Expectation[] = [];
  const findings: Finding[] = [];
  for (const [key, value] of isMap(written) ? Object.entries(written) : []) {
    const name = key.trim();
    const metric = readMetric(name, ids);
    if (!metric.ok) {
      findings.push({ path: ["expect", key], part: "key", message: metric.message, hint: metric.hint });
      continue;
    }
    findings.push(
      ...checkPhase(name, ids, phases).map((each) => ({ ...each, path: ["expect", key], part: "key" as const })),
    );
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const [index, item] of list.entries()) {
      const comparison = readComparison(item);
      if (!comparison.ok) continue;
      const resolved = resolveComparison(name, comparison.value, ids);
      const path = Array.isArray(value) ? ["expect", key, index] : ["expect", key];
      if (!resolved.ok) {
        findings.push({ path, message: resolved.message, hint: resolved.hint });
        continue;
      }
      expect.push(resolved.value);
      const { value: bound } = resolved.value;
      if (bound.kind === "metric")
        findings.push(...checkPhase(bound.metric, ids, phases).map((each) => ({ ...each, path })));
    }
  }
  return { expect, findings };
}

/** Nothing is ever measured in a phase of no length. */
function checkPhase(name: string, ids: readonly string[], phases: Phases | undefined): Omit<Finding, "path">[] {
  const metric = readMetric(name, ids);
  const phase = LOAD_PHASES.find((each) => metric.ok && each === metric.value.phase);
  if (phase === undefined || phases?.[phase] !== 0) return [];
  const hint = `give phases.${phase} a length, or leave @${phase} out`;
  return [{ message: `${show(name)} has no value: the phase ${phase} has no length`, hint }];
}

const beneath = (prefix: Path, findings: readonly Finding[]): Finding[] =>
  findings.map((finding) => ({ ...finding, path: [...prefix, ...finding.path] }));
