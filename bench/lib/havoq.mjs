import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {import("../../dist/src/result-schema.js").RunResult} RunResult */

const CLI = fileURLToPath(new URL("../../dist/bin/havoq.js", import.meta.url));

/**
 * Runs one scenario through the command line, as a user would, and answers with its result.
 * @param {string} directory For the scenario file and the run's folder.
 * @param {string} name
 * @param {Record<string, unknown>} scenario
 * @returns {Promise<RunResult>}
 */
export async function runHavoq(directory, name, scenario) {
  const file = join(directory, `${name}.yaml`);
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ name, ...scenario }));
  const output = await spawnHavoq(["run", file, "--out", join(directory, "runs"), "--json"]);
  return /** @type {RunResult} */ (JSON.parse(output));
}

/**
 * Runs the command line and answers with what it printed; throws when that is nothing.
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
export async function spawnHavoq(args) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const [code] = await once(child, "close");
  if (output === "") throw new Error(`havoq ${args[0]} ended with ${code} and no result`);
  return output;
}

/**
 * CPU microseconds per confirmed message of the processes of some roles.
 * @param {RunResult} result
 * @param {readonly string[]} roles
 */
export function cpuPerMessage({ resources, delivery }, roles) {
  const seconds = resources
    .filter(({ role }) => roles.includes(role))
    .reduce((sum, { cpuSecondsTotal }) => sum + cpuSecondsTotal, 0);
  return delivery.acked === 0 ? 0 : (seconds * 1e6) / delivery.acked;
}
