/** havoq as a library: `import { run } from "havoq"`. */
export { EnvironmentError } from "../errors.js";
export { type RunResult, resultSchema } from "../result-schema.js";
export { ScenarioError } from "../rounds/load-scenario.js";
export { type RunOptions, run, type ScenarioInput } from "./run.js";
