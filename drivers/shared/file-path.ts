import { resolve } from "node:path";
import * as z from "zod";

type Options = Readonly<Record<string, unknown>>;

const MARK = "isFilePath";

/** Schema of a path, if one is given, that counts from the folder of the scenario. */
export const filePath = () =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ [MARK]: true });

/** Options with those that are paths made absolute; a name without a slash is a program of PATH. */
export function resolvePaths(schema: z.ZodType, options: Options, folder: string): Options {
  if (!(schema instanceof z.ZodObject)) return options;
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  const made = Object.entries(options).map(([name, value]) => {
    const isPath = shape[name]?.meta()?.[MARK] === true && typeof value === "string" && value !== "";
    return [name, isPath && (value.includes("/") || value === ".") ? resolve(folder, value) : value];
  });
  return Object.fromEntries(made);
}
