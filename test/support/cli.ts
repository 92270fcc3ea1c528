import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { processesMarked, signal } from "../../src/os/processes.js";
import { type RunResult, resultSchema } from "../../src/result-schema.js";
import { Guardian } from "../../src/testing/guardian.js";

/** The built command line; `npm test` builds it first. */
export const HAVOQ = fileURLToPath(new URL("../../dist/bin/havoq.js", import.meta.url));

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for one test, removed with it; havoq's scratch root is inside, so that tests never meet. */
export class Workplace implements Disposable {
  readonly directory: string;
  readonly out: string;
  /** What runs here is found by this folder alone. */
  private readonly guardian: Guardian;

  constructor(base = tmpdir()) {
    this.directory = mkdtempSync(join(base, "havoq-cli-"));
    this.out = join(this.directory, "runs");
    // A broker that refuses root runs as another user and has to pass through.
    chmodSync(this.directory, 0o711);
    this.guardian = new Guardian(this.directory);
  }

  file(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [HAVOQ, ...args], {
      cwd: this.directory,
      env: { ...process.env, TMPDIR: this.directory, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data: Buffer) => (stdout += data));
    child.stderr.on("data", (data: Buffer) => (stderr += data));
    const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
    return { child, ended };
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** The folders of the runs made here, oldest first. */
  runDirectories(): string[] {
    if (!existsSync(this.out)) return [];
    return readdirSync(this.out)
      .sort()
      .map((name) => join(this.out, name));
  }

  /** The result of the last run. */
  result(): RunResult {
    const directory = this.runDirectories().at(-1) ?? "";
    return resultSchema.parse(JSON.parse(readFileSync(join(directory, "result.json"), "utf8")));
  }

  /** Processes that a run of this workplace left behind. */
  leftovers(): number[] {
    return processesMarked(this.directory, `TMPDIR=${this.directory}`);
  }

  /** Ends what a test that failed left running: where it passed, `leftovers` is empty. */
  [Symbol.dispose](): void {
    for (const pid of this.leftovers()) signal(pid, "SIGKILL");
    void this.guardian.dismiss();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits for a condition, looking often; throws when it does not come about in time. */
export async function until(what: string, condition: () => boolean, deadlineMs = 90_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
    await sleep(20);
  }
}
