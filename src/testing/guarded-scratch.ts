import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Scratch } from "../engine/scratch.js";
import { packageFile } from "../package.js";

const HAVOQ = packageFile("dist/bin/havoq.js");
/** Goes on reading until a word comes, or until whoever could write it is gone; then it cleans up. */
const WATCH = 'read -r word || exec "$@"';

/**
 * A scratch folder for the brokers of a test. When the test's process is killed, a shell that waits on a pipe for its end
 * sweeps what it left, as `havoq doctor --clean` does.
 */
export class GuardedScratch implements AsyncDisposable {
  readonly runId = `test-${randomBytes(4).toString("hex")}`;
  readonly scratch = Scratch.create(this.runId, "/");
  private readonly guardian = spawn("sh", ["-c", WATCH, "sh", process.execPath, HAVOQ, "doctor", "--clean"], {
    // Of a session of its own, or it would die with the test.
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });

  constructor() {
    this.guardian.on("error", () => {});
    this.guardian.stdin.on("error", () => {});
    this.guardian.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scratch.remove();
    const { guardian } = this;
    guardian.ref();
    const lives = guardian.pid !== undefined && guardian.exitCode === null && guardian.signalCode === null;
    const ended = lives ? once(guardian, "exit") : null;
    guardian.stdin.end("done\n");
    await ended;
  }
}
