import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { descendantsOf, startTicksOf } from "../../src/os/processes.js";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/systems.js";

const CONFIG = new URL("../support/abandoned/vitest.config.ts", import.meta.url).pathname;
const VITEST = new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname;

/** Kills a test run that has started a broker, and waits until nothing of that is left. */
async function abandon(fixture: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "havoq-abandoned-"));
  // PostgreSQL runs as another user where this is root, and has to pass through.
  chmodSync(directory, 0o711);
  const told = join(directory, "pid");
  const run = spawn(process.execPath, [VITEST, "run", "--config", CONFIG], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, TMPDIR: directory, ABANDONED: told, ABANDONED_BY: fixture },
  });
  const ended = once(run, "exit");
  try {
    const started = () => existsSync(told) && readFileSync(told, "utf8") !== "";
    await eventually(started, (yes) => yes, 90_000);
    const broker = Number(readFileSync(told, "utf8"));
    const processes = [broker, ...descendantsOf(broker)];
    process.kill(-(run.pid ?? 0), "SIGKILL");
    await ended;
    await eventually(
      () => processes.filter((pid) => startTicksOf(pid) !== null),
      (left) => left.length === 0,
    );
    await eventually(
      () => scratchFolders(directory),
      (left) => left.length === 0,
    );
  } finally {
    if (run.exitCode === null && run.signalCode === null) process.kill(-(run.pid ?? 0), "SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The folders of runs in every scratch root below; what is in them goes while it is looked at. */
const scratchFolders = (directory: string): string[] =>
  foldersIn(directory).flatMap((folder) => (/\/havoq-\d+$/.test(folder) ? foldersIn(folder) : scratchFolders(folder)));

function foldersIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

describe("a test run that is killed", () => {
  // Of the brokers the one that is hardest to find again: several processes, of another user, without the environment.
  needs("postgres", "leaves no broker of the conformance suite behind for long", () => abandon("conformance"));

  needs("redis", "leaves no broker of a command line behind for long", () => abandon("command-line"));
});
