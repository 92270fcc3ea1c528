import { pathToFileURL } from "node:url";

/** A processor as the libraries' workers take it. */
export type Processor<Job> = (job: Job) => unknown;

/** The user's own processor of a file, or `null` without one; throws when the file exports none. */
export async function loadProcessor<Job>(file: string | undefined): Promise<Processor<Job> | null> {
  if (file === undefined) return null;
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
  const processor = module["default"];
  if (typeof processor !== "function") throw new Error(`${file} has no default export that is a function`);
  return (job) => processor(job);
}
