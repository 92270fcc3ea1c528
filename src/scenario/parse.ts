import { type Locate, located, type Problem } from "../input/problems.js";
import { checkBounds } from "./bounds.js";
import { checkScenario } from "./check.js";
import { isComparison } from "./comparison-schema.js";
import { expandEnvironment } from "./environment.js";
import { scenarioInput } from "./input-schema.js";
import { applyOverlays } from "./overlay.js";
import { resolveScenario } from "./resolve.js";
import type { Scenario } from "./scenario.js";
import { readSource } from "./source.js";
import { problemsFromZod } from "./zod-problems.js";

/** A scenario and where each of its values stands, or everything that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly scenario: Scenario; readonly locate: Locate }
  | { readonly ok: false; readonly problems: Problem[] };

/** Reads a scenario from YAML, with overlays (`path=value`) on top; never throws for a mistake in either. */
export function parseScenario(text: string, file: string, overlays: readonly string[] = []): ParseResult {
  const source = readSource(text, file);
  if (!source.ok) return source;
  const { data: written, locate, problems } = applyOverlays(source.data, overlays, source.locate);
  const { data, problems: unset } = expandEnvironment(written, locate);
  if (isComparison(data)) {
    const hint = "havoq compare runs it; havoq run wants one target and no vary";
    const finding = {
      path: ["targets" in data ? "targets" : "vary"],
      part: "key",
      message: "compares targets",
      hint,
    } as const;
    return { ok: false, problems: located([finding], locate) };
  }
  return parseValues(data, locate, [...problems, ...unset]);
}

/** Reads a scenario from plain values; what was found wrong with them before is told too. */
export function parseValues(data: unknown, locate: Locate, before: readonly Problem[] = []): ParseResult {
  const tooLarge = located(checkBounds(data), locate);
  if (tooLarge.length > 0) return { ok: false, problems: [...before, ...tooLarge] };
  const input = scenarioInput.safeParse(data);
  const mistakes = input.success
    ? []
    : problemsFromZod(input.error, [], locate, { schema: scenarioInput, value: data });
  const { faults, expect, findings } = checkScenario(data);
  // A value that could not be had is wrong in other ways too, which say nothing.
  const known = new Set(before.map(({ path }) => path).filter((path) => path !== ""));
  const others = [...mistakes, ...located(findings, locate)].filter(({ path }) => !known.has(path));
  const problems = [...before, ...others];
  if (!input.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, scenario: resolveScenario(input.data, faults, expect), locate };
}
