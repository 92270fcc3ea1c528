import * as z from "zod";
import { filePath } from "../file-path.js";

/** Options that every driver of a Python framework has. */
export const pythonOptions = (name: string) => ({
  python: filePath().describe(
    `a Python interpreter that has the framework; that of \`havoq install ${name}\` when not given`,
  ),
});

/** Arguments of a user's own task, as a list or by name. */
export const taskArguments = () =>
  z
    .union([z.array(z.json()), z.record(z.string(), z.json())])
    .default([])
    .describe('arguments of your task; "{sequence}", "{producer}" and "{key}" stand for those of the message');
