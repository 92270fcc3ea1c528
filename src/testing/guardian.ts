import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { packageFile } from "../package.js";

/** Goes on reading until a word comes, or until whoever could write it is gone; then it cleans up. */
const WATCH = 'read -r word || exec "$@"';

/** A shell that waits on a pipe for the end of a test's process, and sweeps what it left when it was killed. */
export class Guardian {
  private readonly shell: ChildProcess;

  /** @param env - of the sweep (`havoq doctor --clean`): whose TMPDIR it looks at. */
  constructor(env: NodeJS.ProcessEnv = process.env) {
    const havoq = packageFile("dist/bin/havoq.js");
    this.shell = spawn("sh", ["-c", WATCH, "sh", process.execPath, havoq, "doctor", "--clean"], {
      // Of a session of its own, or it would die with the test.
      detached: true,
      cwd: "/",
      env,
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
