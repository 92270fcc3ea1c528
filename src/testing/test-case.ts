import { it } from "vitest";

/** Long enough for a broker that is slow to start again. */
const DEADLINE_MS = 240_000;

/** Declares a test of the suite; what a system can't be asked is skipped under a title that says why. */
export function testCase(title: string, whyNot: string | null, test: () => Promise<void>): void {
  if (whyNot === null) it(title, test, DEADLINE_MS);
  else it.skip(`${title} (left out: ${whyNot})`, test);
}
