/** havoq as a library: `import { run, compare, gate } from "havoq"`. */
export type { Comparison as ComparisonResult } from "../compare/schema.js";
export { EnvironmentError } from "../errors.js";
export type { GateResult } from "../gate/schema.js";
export { type RunResult, resultSchema } from "../result-schema.js";
export { ScenarioError } from "../rounds/load-scenario.js";
export type { RunOptions } from "./call.js";
export { type CompareOptions, type ComparisonInput, compare } from "./compare.js";
export { type GateOptions, gate } from "./gate.js";
export { parseScenario, run, type ScenarioInput } from "./run.js";
