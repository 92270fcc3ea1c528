import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { installed } from "../../../src/hosts/cache.js";
import { packageFile } from "../../../src/package.js";
import type { Installation, Located, Missing } from "../../../src/spi/broker.js";
import type { Runtime } from "../../../src/spi/framework.js";
import { findProgram } from "../find-program.js";

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 1 << 24;

/** A Python framework: the name of its package, and what is in its environment. */
export interface PythonFramework {
  /** As in `havoq install`. */
  readonly name: string;
  /** For a person: "Celery 5.7.0 with its clients of Redis and RabbitMQ". */
  readonly what: string;
}

/** Options that every driver of a Python framework has. */
export interface PythonOptions {
  /** An interpreter of the user's own; that of `havoq install` when not given. */
  readonly python?: string | undefined;
  /** Folder that the user's application is imported from. */
  readonly path?: string | undefined;
}

/** The interpreter of an environment. */
const interpreterIn = (directory: string): string => join(directory, "bin", "python");

/** The interpreter that runs a framework: the user's own, or that of `havoq install`. */
export function interpreter({ name }: PythonFramework, { python }: PythonOptions): string | null {
  if (python !== undefined) return python;
  const directory = installed(name);
  return directory === null ? null : interpreterIn(directory);
}

/** The interpreter that runs a framework; throws when there is none. */
export function requiredInterpreter(framework: PythonFramework, options: PythonOptions): string {
  const found = interpreter(framework, options);
  if (found === null)
    throw new Error(`${framework.name} is not installed; get it with: havoq install ${framework.name}`);
  return found;
}

/** What Python needs to find havoq's SDK and the user's application, and to leave no files beside them. */
export function pythonEnvironment({ path }: PythonOptions): Record<string, string> {
  const given = process.env["PYTHONPATH"];
  const folders = [packageFile("sdk/python"), ...(path === undefined ? [] : [path]), ...(given ? [given] : [])];
  return { PYTHONPATH: folders.join(delimiter), PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };
}

/** A Python framework in an environment of its own. */
export function pythonRuntime(framework: PythonFramework): Runtime<PythonOptions> {
  return {
    name: framework.name,
    locate: (options) => locate(framework, options),
    installation: installation(framework),
  };
}

async function locate(framework: PythonFramework, options: PythonOptions): Promise<Located | Missing> {
  const { name } = framework;
  const executable = interpreter(framework, options);
  const hint = `havoq install ${name}`;
  if (executable === null) return { found: false, reason: `no ${name} in havoq's cache`, hint };
  try {
    await access(executable, constants.X_OK);
    const version = await versionOf(executable, name);
    return { found: true, what: `${name} ${version} for ${executable}`, executable, version };
  } catch {
    return {
      found: false,
      reason: `${executable} has no ${name}`,
      hint: options.python ? `pip install ${name}` : hint,
    };
  }
}

async function versionOf(python: string, name: string): Promise<string> {
  const { stdout } = await run(python, ["-c", `from importlib.metadata import version; print(version("${name}"))`]);
  return stdout.trim();
}

/** An environment of its own, from a file of versions with their hashes. */
function installation({ name, what }: PythonFramework): Installation {
  return {
    what: `${what}, from PyPI, in an environment of its own`,
    async run(dir, say) {
      const python = await findProgram({ programs: ["python3"], homeVariable: "HAVOQ_PYTHON_HOME" });
      if ("reason" in python) throw new Error(`${python.reason}; get it with: apt-get install python3-venv`);
      await run(python.path, ["-m", "venv", dir]);
      say(`pip fetches what drivers/${name}/requirements.txt names...`);
      const wanted = ["--require-hashes", "--requirement", packageFile(`drivers/${name}/requirements.txt`)];
      const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", ...wanted];
      await run(interpreterIn(dir), pip, { maxBuffer: MOST_OUTPUT_BYTES });
      say(`${name} ${await versionOf(interpreterIn(dir), name)}`);
    },
  };
}
