import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Driver, noteSource, SPI_VERSION, spiVersionOf } from "../src/spi/driver.js";

/** A driver that is none of havoq's and can't be used. */
export class ForeignDriverError extends Error {
  override readonly name = "ForeignDriverError";

  constructor(
    message: string,
    /** What to do about it. */
    readonly hint: string,
  ) {
    super(message);
  }
}

const EXAMPLE = "export default defineDriver({ ... }), with defineDriver of havoq/driver";

/** Whether a name is that of a file rather than of a driver or a package. */
export const isPath = (name: string): boolean => /^(\.{0,2}\/|file:)/.test(name);

/** Loads a driver from a file or a package, as seen from a folder; `null` when there is no such package. */
export async function loadForeign(name: string, folder: string): Promise<Driver | null> {
  const url = isPath(name) ? urlOf(name, folder) : urlOfPackage(name, folder);
  return url === null ? null : importDriver(url);
}

/** Loads a driver from a file; throws `ForeignDriverError` when that holds none, or one for other interfaces. */
export async function importDriver(url: string): Promise<Driver> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(url);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ForeignDriverError(`${url} can't be loaded: ${why}`, "it is loaded as Node loads an ES module");
  }
  const driver = module["default"];
  const version = typeof driver === "object" && driver !== null ? spiVersionOf(driver) : undefined;
  if (version === undefined) throw new ForeignDriverError(`${url} exports no driver`, EXAMPLE);
  if (version === SPI_VERSION) return noteSource(driver as Driver, url);
  const message = `${url} was written for version ${version} of havoq's interfaces; this havoq has version ${SPI_VERSION}`;
  throw new ForeignDriverError(message, "take a version of it, or of havoq, that goes with the other");
}

function urlOf(name: string, folder: string): string {
  if (name.startsWith("file:")) return name;
  const path = resolve(folder, name);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  if (!isFile) throw new ForeignDriverError(`no such file: ${path}`, "a path counts from the folder of the scenario");
  return pathToFileURL(path).href;
}

function urlOfPackage(name: string, folder: string): string | null {
  try {
    return pathToFileURL(createRequire(join(folder, "scenario.yaml")).resolve(name)).href;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") return null;
    throw new ForeignDriverError(`the package ${name} has no "default" export`, "write the path of its file");
  }
}
