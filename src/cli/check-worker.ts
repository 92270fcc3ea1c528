import type { Command } from "commander";
import { failureOf } from "../interruption.js";
import { RULES, type RuleName } from "../rounds/worker-check/rules.js";
import { ExitCode } from "./exit-codes.js";
import { onInterrupt } from "./interrupt.js";
import { print, styleOf } from "./terminal.js";

/** Adds `havoq check-worker`. */
export function addCheckWorkerCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("check-worker")
    .description("play a short run with a worker of your own, and name the first rule that it breaks")
    .argument("<command...>", "the worker: its program and arguments, after --")
    .option("--driver <name>", "driver whose queue the worker takes from", "redis-list")
    .action(async (command: string[], { driver }: { driver: string }) => {
      const { checkWorker } = await import("../rounds/worker-check/index.js");
      const abort = new AbortController();
      const release = onInterrupt(abort);
      try {
        const broken = await checkWorker({ command, driver, abort });
        // A worker whose words are wrong ends the run as well: that is no interrupt.
        if (abort.signal.aborted && !failureOf(abort.signal)) {
          exit(ExitCode.interrupted);
          return;
        }
        print(render(broken));
        exit(broken ? ExitCode.failed : ExitCode.ok);
      } finally {
        release();
      }
    });
}

/** The rules up to the first that is broken, as it was seen. */
function render(broken: { readonly rule: RuleName; readonly why: string } | null): string {
  const style = styleOf(process.stdout);
  const names = Object.entries(RULES);
  const at = names.findIndex(([name]) => name === broken?.rule);
  const kept = at < 0 ? names : names.slice(0, at);
  const lines = kept.map(([, rule]) => `${style.good("ok    ")} ${rule}`);
  if (broken) {
    lines.push(`${style.bad("BROKEN")} ${RULES[broken.rule]}`, `       ${broken.why}`);
    const left = names.length - at - 1;
    if (left > 0) lines.push(style.dim(`       ${left} more rules were not judged; see docs/agent-protocol.md`));
  }
  return `${lines.join("\n")}\n`;
}
