import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { memoryDriver } from "../../drivers/memory/index.js";
import { runScenario } from "../engine/run.js";
import { formatCount, formatNs } from "../result/format.js";
import type { RunResult } from "../result-schema.js";
import { parseScenario } from "../scenario/parse.js";
import { NS_PER_S, US_PER_S } from "../units.js";
import { ExitCode } from "./exit-codes.js";
import { onInterrupt } from "./interrupt.js";
import { print } from "./terminal.js";

/** Adds `havoq calibrate`. */
export function addCalibrateCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("calibrate")
    .description(
      "measure havoq itself on this machine: pacing, and its cost for a message, with a queue that costs nothing",
    )
    .option("--json", "print as JSON", false)
    .action(async ({ json }: { json: boolean }) => {
      const abort = new AbortController();
      const release = onInterrupt(abort, "a part of a calibration says nothing");
      const paced = await measure("10k/s", 8, abort);
      const flood = abort.signal.aborted ? paced : await measure("closed", 5, abort);
      release();
      if (abort.signal.aborted) {
        exit(ExitCode.interrupted);
        return;
      }
      const figures = { paced: figuresOf(paced), closed: figuresOf(flood) };
      print(json ? `${JSON.stringify(figures, null, 2)}\n` : render(figures, paced));
    });
}

/** What havoq costs at one rate. */
interface Figures {
  readonly completedPerSecond: number;
  readonly publishDelayP50Ns: number;
  readonly publishDelayP99Ns: number;
  /** CPU of the agent process, which is producer and worker in one. */
  readonly agentCpuPercent: number;
  readonly agentCpuMicrosecondsPerMessage: number;
}

async function measure(rate: string, seconds: number, abort: AbortController): Promise<RunResult> {
  const text = `name: calibrate
target: { driver: memory }
load: { rate: ${rate}, payload: 1KiB, window: 256 }
workers: { concurrency: 64 }
phases: { warmup: 1s, baseline: ${seconds}s, drain: auto }`;
  const parsed = parseScenario(text, "calibrate");
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join("; "));
  const directory = mkdtempSync(join(tmpdir(), "havoq-calibrate-"));
  try {
    return await runScenario({
      scenario: parsed.scenario,
      driver: memoryDriver,
      options: {},
      settings: undefined,
      runDirectory: join(directory, "run"),
      command: "havoq calibrate",
      abort,
      recordsLimitBytes: null,
      onStage: () => {},
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function figuresOf({ latency, throughput, resources, phases, delivery }: RunResult): Figures {
  const agent = resources.find(({ role }) => role === "producer");
  const seconds = (phases.at(-1)?.endNs ?? 1) / NS_PER_S;
  const cpuSeconds = agent?.cpuSecondsTotal ?? 0;
  return {
    completedPerSecond: throughput.goodputPerSecond,
    publishDelayP50Ns: latency.publishDelay.whole.p50,
    publishDelayP99Ns: latency.publishDelay.whole.p99,
    agentCpuPercent: (100 * cpuSeconds) / seconds,
    agentCpuMicrosecondsPerMessage: (US_PER_S * cpuSeconds) / Math.max(1, delivery.sent),
  };
}

function render({ paced, closed }: { paced: Figures; closed: Figures }, { environment }: RunResult): string {
  return `${environment.cores} x ${environment.cpuModel}, Node ${environment.nodeVersion}

at 10,000/s   handed over ${formatNs(paced.publishDelayP50Ns)} late at the median, ${formatNs(paced.publishDelayP99Ns)} at p99; agent at ${paced.agentCpuPercent.toFixed(0)} % of a core
flat out      ${formatCount(closed.completedPerSecond)} messages/s sent and handled, ${closed.agentCpuMicrosecondsPerMessage.toFixed(1)} us of CPU each

These are the floor: a broker can't measure better than this here.
`;
}
