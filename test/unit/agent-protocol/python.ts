import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the Python sources under test. */
export const AGENTS = fileURLToPath(new URL("../../agents", import.meta.url));

const NEEDED = "3.8";

/** Why Python can't be tested here, or `null`; says so aloud, and throws when HAVOQ_REQUIRE names python. */
function whyNoPython(): string | null {
  const check = `import sys; sys.exit(sys.version_info < (${NEEDED.replace(".", ", ")}))`;
  if (spawnSync("python3", ["-c", check], { stdio: "ignore" }).status === 0) return null;
  const reason = `no python3 of ${NEEDED} or later on PATH (get it with: apt-get install python3)`;
  const required = (process.env["HAVOQ_REQUIRE"] ?? "").split(",").map((each) => each.trim());
  if (required.includes("python")) throw new Error(`HAVOQ_REQUIRE names python, but: ${reason}`);
  const log = process.env["HAVOQ_SKIP_LOG"];
  if (log) appendFileSync(log, `python: ${reason}\n`);
  console.warn(`not tested: the agent protocol in Python: ${reason}`);
  return reason;
}

/** Why there is no Python to test with; `null` when there is. */
export const NO_PYTHON = whyNoPython();

/** Title of a suite that needs Python, with the reason when it is skipped. */
export const withReason = (title: string): string => (NO_PYTHON === null ? title : `${title} (skipped: ${NO_PYTHON})`);

/** Runs Python code that can import the sources, and reads what it prints as JSON. */
export function python(code: string): unknown {
  const { stdout, stderr, status } = spawnSync("python3", ["-B", "-c", `import json\n${code}`], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: AGENTS },
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
