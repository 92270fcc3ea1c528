/** Records slices of one real target to a JSONL file; what is there already is not measured again. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { chooseScenarioHost } from "../../dist/src/engine/choose-host.js";
import { openGround } from "../../dist/src/engine/ground.js";
import { newRunId, playRun } from "../../dist/src/engine/play.js";
import { Scratch } from "../../dist/src/engine/scratch.js";
import { openStage } from "../../dist/src/engine/stage.js";
import { summarize } from "../../dist/src/gate/slice.js";
import { loadScenarios } from "../../dist/src/rounds/load-scenario.js";
import { assemble } from "../../dist/src/store/assemble.js";
import { createRunDirectory } from "../../dist/src/store/run-directory.js";

/** @typedef {{ key: string, changePercent: number, at: string, values: Record<string, number | null>, generatorLimited: boolean }} Recorded */

/**
 * What has been recorded so far under one set of settings.
 * @param {string} file
 * @param {string} key
 * @returns {Recorded[]}
 */
export function readRecorded(file, key) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines
    .filter((line) => line.endsWith("}"))
    .map((line) => /** @type {Recorded} */ (JSON.parse(line)))
    .filter((line) => line.key === key);
}

/**
 * Plays slices on one broker that stays up, in the order asked for, and appends each as it ends; stops at Ctrl-C.
 * @param {object} request
 * @param {string} request.scenarioFile
 * @param {string} request.file
 * @param {string} request.key
 * @param {readonly { changePercent: number, set: string[] }[]} request.slices `set`: what differs from the scenario.
 * @param {readonly import("../../dist/src/gate/metrics.js").GateMetric[]} request.metrics
 * @param {string} request.directory Of the runs; they are removed as soon as they are read.
 */
export async function recordSlices({ scenarioFile, file, key, slices, metrics, directory }) {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once("SIGINT", stop);
  const [prepared] = await loadScenarios([scenarioFile], []);
  if (!prepared) throw new Error(`${scenarioFile} is no scenario`);
  const { driver, options, settings } = prepared;
  const choice = await chooseScenarioHost(prepared);
  mkdirSync(dirname(resolve(file)), { recursive: true });
  const scratch = Scratch.create(newRunId(), directory);
  const request = {
    scratch,
    scenario: prepared.scenario,
    driver,
    options,
    settings,
    choice,
    brokerLogFile: join(directory, "broker.log"),
    signal: abort.signal,
  };
  try {
    const ground = await openGround(request);
    try {
      for (const [index, { changePercent, set }] of slices.entries()) {
        const [variant] = await loadScenarios([scenarioFile], set);
        if (!variant || abort.signal.aborted) break;
        const scenario = { ...variant.scenario, seed: index };
        const runDirectory = join(directory, `slice-${index}`);
        createRunDirectory(runDirectory, scenario);
        const play = { scenario, runDirectory, command: "bench", abort, recordsLimitBytes: null, onStage: () => {} };
        const stage = await openStage(ground, newRunId(), true);
        await playRun(play, stage).finally(() => stage[Symbol.asyncDispose]());
        if (abort.signal.aborted) break;
        const place = { side: /** @type {const} */ ("candidate"), pair: 1, position: 1, directory: "" };
        const { values, generatorLimited } = summarize(assemble(runDirectory), place, metrics);
        rmSync(runDirectory, { recursive: true, force: true });
        const line = { key, changePercent, at: new Date().toISOString(), values, generatorLimited };
        appendFileSync(file, `${JSON.stringify(line)}\n`);
        console.log(`  slice ${index + 1} of ${slices.length}, ${changePercent} % worse: ${JSON.stringify(values)}`);
      }
    } finally {
      await ground[Symbol.asyncDispose]();
    }
  } finally {
    process.off("SIGINT", stop);
    await scratch.remove();
  }
  return !abort.signal.aborted;
}
