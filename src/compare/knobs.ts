import type { Side } from "./input.js";
import type { Knob } from "./schema.js";

const ABSENT = "–";
const MACHINE = ["cpuModel", "cores", "memoryBytes", "kernel", "nodeVersion", "havoqVersion"] as const;
/** Of the scenario: what every run has of its own, or what is compared by itself. */
const LEFT_OUT = /^(name|question|seed|runs|expect|target)(\.|$)/;

/** Settings and surroundings that are not the same for all subjects. */
export function differingKnobs(sides: readonly Side[]): Knob[] {
  const varied = new Set(sides.flatMap(({ variation }) => Object.keys(variation)));
  const columns = sides.map(knobsOf);
  const paths = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return paths.flatMap((path): Knob[] => {
    const values = columns.map((column) => column.get(path) ?? ABSENT);
    if (new Set(values).size <= 1) return [];
    return [{ path, values, kind: kindOf(path, varied) }];
  });
}

function kindOf(path: string, varied: ReadonlySet<string>): Knob["kind"] {
  if ([...varied].some((each) => path === each || path.startsWith(`${each}.`))) return "varied";
  return path.startsWith("target.") ? "target" : "mismatch";
}

/** What a subject was run with; of values that changed from run to run, all. */
function knobsOf({ runs }: Side): Map<string, string> {
  const columns = runs.map(({ result }) => {
    const { target, environment, scenario } = result;
    const machine = MACHINE.map((name): [string, string] => [`machine.${name}`, String(environment[name])]);
    const own = {
      driver: target.driver,
      host: target.host,
      broker: target.brokerVersion,
      ...(target.framework !== undefined && { framework: target.framework }),
      confirmedIn: target.confirmedIn,
      options: target.options ?? member(scenario["target"], "options"),
      settings: target.settings ?? member(scenario["target"], "broker"),
    };
    const flat = flatten(scenario, "").filter(([path]) => !LEFT_OUT.test(path));
    const proxied = result.health.proxyOverheadNs === null ? "no" : "yes";
    return new Map([...flatten(own, "target"), ...flat, ["proxy on the path", proxied] as const, ...machine]);
  });
  const paths = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return new Map(
    paths.map((path) => [path, [...new Set(columns.map((column) => column.get(path) ?? ABSENT))].join(" | ")]),
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : {};
}

function flatten(value: unknown, path: string): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, value === undefined ? ABSENT : String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === "" ? key : `${path}.${key}`));
}
