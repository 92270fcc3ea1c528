/**
 * Runs havoq's yardstick: `node bench/run.mjs [--json] [name...]`; without names, what measures havoq itself, and by name
 * also the regression gate in simulation (`gate`) and on real slices (`gate-real`), the time to recover in simulation
 * (`recovery`), equal targets compared (`compare-aa`), what it gets out of brokers (`drivers`) and how that compares
 * with their own tools (`peers`), and whether Kafka consumers lose anything when they join anew (`rejoin`). Exit code 1
 * when a check fails, 2 on a wrong argument.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { HAVOQ_VERSION } from "../dist/src/package.js";
import { describeMachine } from "./lib/machine.mjs";
import { scale } from "./lib/scale.mjs";

const ITSELF = ["pacing", "agent-cost", "fold", "ledger"];
const ALL = [...ITSELF, "gate", "gate-real", "recovery", "compare-aa", "drivers", "peers", "rejoin"];

/**
 * Runs one benchmark in a process of its own, so that none inherits another's heap.
 * @param {string} name
 * @param {boolean} json Tables go to standard error then.
 * @returns {Promise<{ failed: boolean, result: import("./lib/report.mjs").BenchResult | null }>}
 */
async function run(name, json) {
  const file = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const child = fork(file, { stdio: ["ignore", json ? 2 : 1, 2, "ipc"] });
  /** @type {import("./lib/report.mjs").BenchResult | null} */
  let result = null;
  child.on("message", (message) => {
    result = /** @type {import("./lib/report.mjs").BenchResult} */ (message);
  });
  const [code] = await once(child, "close");
  return { failed: code !== 0, result };
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !ALL.includes(name));
  if (unknown.length > 0) {
    console.error(`unknown benchmark ${unknown.join(", ")}; there is ${ALL.join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const machine = describeMachine();
  const results = [];
  for (const name of positionals.length > 0 ? positionals : ITSELF) {
    const { failed, result } = await run(name, values.json);
    if (failed) process.exitCode = 1;
    results.push(result ?? { name, error: "ended without a result" });
  }
  if (values.json) console.log(JSON.stringify({ havoq: HAVOQ_VERSION, scale, machine, results }, null, 2));
}

await main();
