import { Argument, type Command } from "commander";
import * as z from "zod";
import { patternsSchema } from "../compare/patterns.js";
import { comparisonSchema } from "../compare/schema.js";
import { gateSchema } from "../gate/schema.js";
import { resultSchema } from "../result-schema.js";
import { scenarioJsonSchema } from "../scenario/comparison-schema.js";
import { print } from "./terminal.js";

/** Adds `havoq schema`. */
export function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description("print a JSON Schema: of scenario files, for editors, or of what havoq writes")
    .addArgument(
      new Argument("[what]", "which schema")
        .choices(["scenario", "result", "comparison", "patterns", "gate"])
        .default("scenario"),
    )
    .action((what: "scenario" | "result" | "comparison" | "patterns" | "gate") => {
      const schema = {
        scenario: scenarioJsonSchema,
        result: () => z.toJSONSchema(resultSchema),
        comparison: () => z.toJSONSchema(comparisonSchema),
        patterns: () => z.toJSONSchema(patternsSchema),
        gate: () => z.toJSONSchema(gateSchema),
      }[what]();
      print(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
