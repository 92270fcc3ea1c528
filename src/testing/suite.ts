import { afterAll, beforeAll, describe, expect } from "vitest";
import { breaks } from "./breaks.js";
import { delivers, keeps } from "./delivers.js";
import { refuses } from "./refuses.js";
import { settles } from "./settles.js";
import { silences } from "./silences.js";
import type { Conformance } from "./spec.js";
import { System } from "./system.js";
import { testCase } from "./test-case.js";

const START_MS = 90_000;

/** Makes the promises of the SPI tests of vitest, on the real system; what it can't be asked is skipped, and the title says why. */
export function conformance(spec: Conformance): void {
  describe(titleOf(spec), () => cases(spec));
}

/** The title of a suite. */
export const titleOf = ({ driver, options = {} }: Conformance): string => `${driver.name} ${JSON.stringify(options)}`;

/** The tests of a suite, for one whose `describe` is somebody else's. */
export function cases(spec: Conformance): void {
  const system = new System(spec);
  beforeAll(() => system.start(), START_MS);
  afterAll(() => system[Symbol.asyncDispose](), START_MS);
  refuses(system, spec);
  delivers(system, spec);
  keeps(system, spec);
  settles(system, spec);
  breaks(system, spec);
  silences(system, spec);
  testCase("takes options that it has given back", null, async () => {
    const once = spec.driver.options.parse(spec.options ?? {});
    expect(spec.driver.options.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
}
