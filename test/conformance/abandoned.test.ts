import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { descendantsOf, startTicksOf } from "../../src/os/processes.js";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/systems.js";

const CONFIG = new URL("../support/abandoned/vitest.config.ts", import.meta.url).pathname;
const VITEST = new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname;

describe("a test run that is killed", () => {
  // Of the brokers the one that is hardest to find again: several processes, of another user, without the environment.
  needs("postgres", "leaves no broker behind for long", async () => {
    const directory = mkdtempSync(join(tmpdir(), "havoq-abandoned-"));
    // PostgreSQL runs as another user where this is root, and has to pass through.
    chmodSync(directory, 0o711);
    const told = join(directory, "pid");
    const run = spawn(process.execPath, [VITEST, "run", "--config", CONFIG], {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, TMPDIR: directory, ABANDONED: told },
    });
    const ended = once(run, "exit");
    try {
      const started = () => existsSync(told) && readFileSync(told, "utf8") !== "";
      await eventually(started, (yes) => yes, 90_000);
      const broker = Number(readFileSync(told, "utf8"));
      const processes = [broker, ...descendantsOf(broker)];
      expect(processes.length).toBeGreaterThan(1);
      process.kill(-(run.pid ?? 0), "SIGKILL");
      await ended;
      await eventually(
        () => processes.filter((pid) => startTicksOf(pid) !== null),
        (left) => left.length === 0,
      );
      await eventually(
        () =>
          readdirSync(directory)
            .filter((name) => name.startsWith("havoq-"))
            .flatMap((name) => readdirSync(join(directory, name))),
        (left) => left.length === 0,
      );
    } finally {
      if (run.exitCode === null && run.signalCode === null) process.kill(-(run.pid ?? 0), "SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
