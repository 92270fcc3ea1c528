/** Runs all tests and says, last of all, which systems were not found here and how to get them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "havoq-test-"));
const skipLog = join(folder, "skipped.txt");
const report = join(folder, "report.json");
writeFileSync(skipLog, "");
const args = [
  "vitest",
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const { status } = spawnSync("npx", ["--no-install", ...args], {
  stdio: "inherit",
  env: { ...process.env, HAVOQ_SKIP_LOG: skipLog },
});

const skips = [
  ...new Set(
    readFileSync(skipLog, "utf8")
      .split("\n")
      .filter((line) => line !== ""),
  ),
];
if (skips.length > 0) {
  console.log("\nNot found on this machine, and therefore not tested:");
  for (const line of skips) console.log(`  ${line}`);
}
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
rmSync(folder, { recursive: true, force: true });
console.log(
  `\n${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}`,
);
process.exit(status ?? 1);
