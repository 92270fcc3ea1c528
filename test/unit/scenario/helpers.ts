import { formatProblems } from "../../../src/input/problems.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import type { Scenario } from "../../../src/scenario/scenario.js";

/** The least that a scenario has. */
export const MINIMAL = "name: n\ntarget: { driver: d }\nload: { rate: 500/s }\n";

/** The resolved scenario; throws its problems. */
export function resolved(text: string, overlays: readonly string[] = []): Scenario {
  const result = parseScenario(text, "a.yaml", overlays);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.scenario;
}

/** The problems as text; empty for a good scenario. */
export function problemsOf(text: string, overlays: readonly string[] = []): string {
  const result = parseScenario(text, "a.yaml", overlays);
  return result.ok ? "" : formatProblems(result.problems);
}

/** A good scenario with these faults, as the lines of a YAML list. */
export const withFaults = (...faults: string[]): string =>
  `${MINIMAL}phases: { chaos: 20s }\nfaults:\n${faults.map((fault) => `  - { ${fault} }\n`).join("")}`;
