import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runHook } from "../../../src/hosts/hook.js";
import { untilReady } from "../../../src/hosts/ready.js";
import { isAlive, signal, startTicksOf } from "../../../src/os/processes.js";
import { eventually } from "../../support/eventually.js";

function place() {
  const directory = mkdtempSync(join(tmpdir(), "havoq-hook-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const pidIn = (file: string) =>
    eventually(
      () => Number(textOf(join(directory, file))),
      (pid) => pid > 0,
    );
  return { directory, logFile: join(directory, "log"), pidIn };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const identityOf = (pid: number) => ({ pid, startTicks: startTicksOf(pid) ?? 0 });

describe("a hook", () => {
  it("that fails says what it printed", async () => {
    const { logFile } = place();
    const run = (command: string) => runHook({ command, logFile, signal: undefined });
    await run("echo all is well");
    await expect(run("echo no such broker >&2; exit 3")).rejects.toThrow(/^no such broker$/);
    await expect(run("exit 3")).rejects.toThrow("it ended with exit code 3");
  });

  it("that hangs is ended with its group soon after the run is interrupted", async () => {
    const { directory, logFile, pidIn } = place();
    const abort = new AbortController();
    const command = `cd ${directory}; sleep 1000 & echo $! > child; echo $$ > self; sleep 1000`;
    const ended = runHook({ command, logFile, signal: abort.signal }).catch((error: Error) => error.message);
    const pids = [await pidIn("child"), await pidIn("self")].map(identityOf);
    abort.abort();
    expect(await ended).toMatch(/still at work after 5 s and was ended/);
    for (const identity of pids) {
      await eventually(
        () => isAlive(identity),
        (alive) => !alive,
      );
    }
  });

  it("that ends leaves what it has started to the user, such as a broker", async () => {
    const { directory, logFile, pidIn } = place();
    await runHook({ command: `sleep 1000 & echo $! > ${directory}/broker`, logFile, signal: undefined });
    const broker = await pidIn("broker");
    onTestFinished(() => void signal(broker, "SIGKILL"));
    expect(isAlive(identityOf(broker))).toBe(true);
  });
});

describe("a broker that starts", () => {
  it("is not waited for when the run is interrupted, even where an attempt does not answer", async () => {
    const abort = new AbortController();
    const never = new Promise<never>(() => {});
    const waiting = untilReady({ probe: () => never, failed: () => null, exited: never, signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toThrow("was not ready yet when the run was interrupted");
  });

  it("has a moment left where it heals a fault", async () => {
    const abort = new AbortController();
    abort.abort();
    let attempts = 0;
    const probe = async () => {
      attempts += 1;
      if (attempts < 3) throw new Error("not yet");
      return "here";
    };
    const exited = new Promise<never>(() => {});
    expect(await untilReady({ probe, failed: () => null, exited, signal: abort.signal, graceMs: 15_000 })).toBe("here");
  });
});
