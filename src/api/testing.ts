/** For vitest: matchers (`expect(result).toLoseNothing()`), and the suite that a driver has to pass (`conformance`). */
import { expect } from "vitest";
import type { RunResult } from "../result-schema.js";

export type { Conformance, Refusing } from "../testing/spec.js";
export { conformance } from "../testing/suite.js";

/** What `expect` can say of the result of a run. */
interface RunMatchers<R = unknown> {
  /** Every expectation of the scenario held, and the run has proven it. */
  toPass(): R;
  /** Every acked message was handled, and the run has proven it. */
  toLoseNothing(): R;
  /** No message was handled twice, and the run has proven it. */
  toDuplicateNothing(): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares it so, and a declaration that is merged has to be the same.
  interface Matchers<T = any> extends RunMatchers<T> {}
}

/** What speaks against a claim about delivery: evidence that did not hold. */
const doubts = ({ evidence }: RunResult): string[] =>
  evidence.filter(({ held, carries }) => !held && carries === "everything").map(({ claim, why }) => `${claim}: ${why}`);

/** Neither the claim nor its opposite holds of a run that has not proven anything. */
function verdictOf(isNot: boolean, result: RunResult, held: boolean, said: string) {
  const unproven = doubts(result);
  const why = unproven.length === 0 ? "" : `; not proven: ${unproven.join("; ")}`;
  return { pass: unproven.length === 0 ? held : isNot, message: () => `${result.scenario.name}: ${said}${why}` };
}

expect.extend({
  toPass(result: RunResult) {
    const failed = result.expectations.filter(({ passed }) => !passed);
    const said = failed.map(({ metric, expression, actual }) => `${metric} is ${actual}, expected ${expression}`);
    return verdictOf(this.isNot, result, result.verdict === "pass", [`verdict ${result.verdict}`, ...said].join("; "));
  },
  toLoseNothing(result: RunResult) {
    const { lost, stuck, backlog, acked, unseen } = result.delivery;
    const open = { lost, stuck, backlog, unseen };
    const left = Object.entries(open).filter(([, count]) => count > 0);
    const said = left.map(([name, count]) => `${count} ${name}`).join(", ");
    return verdictOf(
      this.isNot,
      result,
      acked > 0 && left.length === 0,
      `of ${acked} acked messages ${said === "" ? "none is lost" : said}`,
    );
  },
  toDuplicateNothing(result: RunResult) {
    const { redelivered, producedTwice } = result.delivery.duplicates;
    return verdictOf(
      this.isNot,
      result,
      redelivered + producedTwice === 0,
      `${redelivered} redelivered, ${producedTwice} produced twice`,
    );
  },
});
