import { appendFileSync } from "node:fs";

/** A vitest reporter that writes down which tests passed at their second try only: each is a defect to look for. */
export default class SecondTries {
  /** @param {import("vitest/node").TestCase} test */
  onTestCaseResult(test) {
    const log = process.env["HAVOQ_RETRY_LOG"];
    if (log && test.diagnostic()?.flaky) appendFileSync(log, `${test.module.relativeModuleId}: ${test.fullName}\n`);
  }
}
