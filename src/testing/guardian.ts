import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { packageFile } from "../package.js";

/** Goes on reading until a word comes, or until whoever could write it is gone; then it cleans up. */
const WATCH = 'read -r word || exec "$@"';

/** A shell that waits on a pipe for the end of a test's process, and sweeps what it left when it was killed. */
export class Guardian {
  private readonly shell: ChildProcess;

  /** @param directory - below which it looks for what was left. */
  constructor(directory = tmpdir()) {
    // Not in the shell's own environment: it is none of what was started there.
    const sweep = [
      "env",
      `TMPDIR=${directory}`,
      process.execPath,
      packageFile("dist/bin/havoq.js"),
      "doctor",
      "--clean",
    ];
    this.shell = spawn("sh", ["-c", WATCH, "sh", ...sweep], {
      // Of a session of its own, or it would die with the test.
      detached: true,
      cwd: "/",
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.shell.on("error", () => {});
    this.shell.stdin?.on("error", () => {});
    this.shell.unref();
  }

  /** Sends it home: nothing is left to sweep. Resolves when it has gone. */
  async dismiss(): Promise<void> {
    const { shell } = this;
    const lives = shell.pid !== undefined && shell.exitCode === null && shell.signalCode === null;
    if (lives) shell.ref();
    const ended = lives ? once(shell, "exit") : null;
    shell.stdin?.end("done\n");
    await ended;
  }
}
