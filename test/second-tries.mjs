import { appendFileSync } from "node:fs";

/** A vitest reporter that writes down which tests passed at their second try only, and what was wrong at the first. */
export default class SecondTries {
  /** @param {import("vitest/node").TestCase} test */
  onTestCaseResult(test) {
    const log = process.env["HAVOQ_RETRY_LOG"];
    if (!log || !test.diagnostic()?.flaky) return;
    const errors = test.result().errors ?? [];
    const why = errors.map(({ message, diff = "" }) => `${message} ${diff}`.replace(/\s+/g, " ").slice(0, 800));
    appendFileSync(log, `${test.module.relativeModuleId}: ${test.fullName}: ${why.join("; ")}\n`);
  }
}
