import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GateResult, gateSchema } from "../gate/schema.js";

/** Where a gate's result goes beside its own folder. */
export type GateOutputs = Record<never, never>;

/** Writes the result of a gate into its folder. */
export function writeGate(directory: string, result: GateResult, _outputs: GateOutputs): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "gate.json"), `${JSON.stringify(gateSchema.parse(result))}\n`);
}
