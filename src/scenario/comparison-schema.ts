import * as z from "zod";
import { isMap } from "../input/parsed.js";
import { nameOf, scenarioInput, targetInput } from "./input-schema.js";
import { withReferences } from "./reference-schema.js";

/** A target of a comparison: a name of the catalogue, or one of its own. */
const namedTarget = targetInput.extend({
  name: nameOf(80).describe("What the target is called in the comparison."),
});

/** What makes a scenario a comparison. */
export const comparisonKeys = z.strictObject({
  targets: z
    .array(z.union([z.string().min(1), namedTarget]))
    .min(1)
    .optional()
    .describe("What is compared: names of the catalogue (havoq compare --list), or targets with a name of their own."),
  vary: z
    .record(z.string().min(1), z.array(z.unknown()).min(1))
    .optional()
    .describe("Values to try, by their path, such as load.payload: [1KiB, 64KiB]; of several paths every combination."),
  reference: z
    .string()
    .min(1)
    .optional()
    .describe("The target that the others are held against; the first when not given."),
});

/** A file of named targets. */
export const catalogueInput = z.strictObject({ targets: z.record(nameOf(80), targetInput) });

/** Whether the plain values of a file are a comparison's. */
export function isComparison(data: unknown): data is Readonly<Record<string, unknown>> {
  return isMap(data) && (Array.isArray(data["targets"]) || "vary" in data || ("targets" in data && "name" in data));
}

/** Whether they are a catalogue's. */
export function isCatalogue(data: unknown): boolean {
  return isMap(data) && "targets" in data && !isComparison(data);
}

/** JSON Schema (draft 2020-12) of a scenario file, a comparison or not, for editors. */
export function scenarioJsonSchema(): object {
  const { target, ...rest } = scenarioInput.shape;
  const either = z.strictObject({ ...rest, target: target.optional(), ...comparisonKeys.shape });
  const required = [{ required: ["target"] }, { required: ["targets"] }];
  const schema = withReferences(z.toJSONSchema(either, { io: "input" }));
  return { ...schema, anyOf: required, title: "havoq scenario" };
}
