import { Argument, type Command } from "commander";
import { z } from "zod";
import { resultSchema } from "../result/schema.js";
import { scenarioJsonSchema } from "../scenario/input-schema.js";

/** Adds `havoq schema`. */
export function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description("print a JSON Schema: of scenario files, for editors, or of result.json")
    .addArgument(new Argument("[what]", "which schema").choices(["scenario", "result"]).default("scenario"))
    .action((what: "scenario" | "result") => {
      const schema = what === "scenario" ? scenarioJsonSchema() : z.toJSONSchema(resultSchema);
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
