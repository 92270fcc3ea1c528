import { Argument, type Command } from "commander";
import { z } from "zod";
import { gateSchema } from "../gate/schema.js";
import { resultSchema } from "../result/schema.js";
import { scenarioJsonSchema } from "../scenario/input-schema.js";

/** Adds `havoq schema`. */
export function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description("print a JSON Schema: of scenario files, for editors, of result.json, or of gate.json")
    .addArgument(new Argument("[what]", "which schema").choices(["scenario", "result", "gate"]).default("scenario"))
    .action((what: "scenario" | "result" | "gate") => {
      const schema =
        what === "scenario" ? scenarioJsonSchema() : z.toJSONSchema(what === "gate" ? gateSchema : resultSchema);
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
