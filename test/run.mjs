/** Runs all tests and says, last of all, which needed a second try, and which systems were not found and how to get them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "havoq-test-"));
const skipLog = join(folder, "skipped.txt");
const report = join(folder, "report.json");
const retryLog = join(folder, "retried.txt");
for (const log of [skipLog, retryLog]) writeFileSync(log, "");
const args = [
  "vitest",
  "run",
  "--reporter=default",
  "--reporter=json",
  "--reporter=./test/second-tries.mjs",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
/** What a test run that was killed left: each of its processes has a guardian, which may have been killed too. */
const sweep = () => spawnSync(process.execPath, ["dist/bin/havoq.js", "doctor", "--clean"], { stdio: "ignore" });
sweep();
const { status } = spawnSync("npx", ["--no-install", ...args], {
  stdio: "inherit",
  env: { ...process.env, HAVOQ_SKIP_LOG: skipLog, HAVOQ_RETRY_LOG: retryLog },
});
sweep();

/** @param {string} log */
const linesOf = (log) => [...new Set(readFileSync(log, "utf8").split("\n"))].filter((line) => line !== "");
/** @param {string} what @param {string[]} lines */
const say = (what, lines) => {
  if (lines.length > 0) console.log([`\n${what}:`, ...lines].join("\n  "));
};
say("Passed at the second try only", linesOf(retryLog));
say("Not found on this machine, and therefore not tested", linesOf(skipLog));
const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
/** Files that failed before they had a test, as when a system that HAVOQ_REQUIRE names is missing. */
const failedFiles = testResults.filter(
  /** @param {{ status: string, assertionResults: unknown[] }} file */
  ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
).length;
/** What the conformance suite can't ask of a system: nothing that this machine lacks. */
const leftOut = testResults
  .flatMap(/** @param {{ assertionResults: { title: string }[] }} file */ ({ assertionResults }) => assertionResults)
  .filter(/** @param {{ title: string }} test */ ({ title }) => title.includes(" (left out: ")).length;
rmSync(folder, { recursive: true, force: true });
if (leftOut > 0) console.log(`\n${leftOut} cases left out: what the conformance suite can't ask of a system`);
const counts = { passed: numPassedTests, failed: numFailedTests + failedFiles };
const skipped = numPendingTests - leftOut;
const shown = Object.entries(skipped > 0 ? { ...counts, skipped } : counts);
console.log(`\n${shown.map(([word, count]) => `${count} ${word}`).join(", ")}`);
process.exit(status ?? 1);
