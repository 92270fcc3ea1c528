import { EnvironmentError } from "../errors.js";
import { BrokerStartError } from "../hosts/broker.js";
import { HostUnavailableError } from "../hosts/choose.js";
import { InterruptedError } from "../interruption.js";
import { ScenarioError } from "../rounds/load-scenario.js";
import { ExitCode } from "./exit-codes.js";
import { say } from "./terminal.js";

/**
 * What is printed may go nowhere. Whoever read it may be gone, as with `| head`: that is no mistake. On a full disk the
 * run goes on, what it leaves is the same, and the exit code says that its output is not whole. Of standard error
 * nothing can be said.
 */
export function watchOutput(): void {
  let failed = false;
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || failed) return;
    failed = true;
    say(`havoq: standard output can't be written: ${error.message}\n`);
  });
  process.on("exit", () => {
    if (failed) process.exitCode = ExitCode.environment;
  });
}

/** Writes what went wrong to standard error and answers with the exit code; a stack only for a defect of havoq. */
export function reportError(error: unknown): ExitCode {
  if (error instanceof ScenarioError) {
    say(`${error.message}\n`);
    return ExitCode.usage;
  }
  if (error instanceof EnvironmentError || error instanceof HostUnavailableError || error instanceof BrokerStartError) {
    const hint = "hint" in error && typeof error.hint === "string" ? `\n  hint: ${error.hint}` : "";
    say(`havoq: ${error.message}${hint}\n`);
    return ExitCode.environment;
  }
  if (error instanceof InterruptedError) {
    say(`havoq: ${error.message}\n`);
    return ExitCode.interrupted;
  }
  if (isFileError(error)) {
    say(`havoq: ${error.message}\n`);
    return ExitCode.environment;
  }
  say(`havoq: this is a defect of havoq, please report it\n${error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.environment;
}

/** A full disk, a missing permission and the like are not havoq's defects. */
function isFileError(error: unknown): error is NodeJS.ErrnoException {
  const codes = [
    "ENOSPC",
    "EACCES",
    "EPERM",
    "EROFS",
    "EDQUOT",
    "EMFILE",
    "ENOENT",
    "ENOTDIR",
    "EISDIR",
    "ENAMETOOLONG",
  ];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
