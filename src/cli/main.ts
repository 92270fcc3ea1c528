#!/usr/bin/env node
/** The command line: commands are one file each; this one only joins them. */
import { Command, CommanderError } from "commander";
import { cleanLeftovers } from "../engine/leftovers.js";
import { HAVOQ_VERSION } from "../package.js";
import { hideArguments } from "./command-line.js";
import { ExitCode } from "./exit-codes.js";
import { reportError, watchOutput } from "./output.js";
import { print, say } from "./terminal.js";

type AddCommand = (program: Command, exit: (code: ExitCode) => void) => void;

/** In the order of the help. Each is loaded only when it is asked for: all of them together take a while. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import("./run.js")).addRunCommand,
  compare: async () => (await import("./compare.js")).addCompareCommand,
  gate: async () => (await import("./gate.js")).addGateCommand,
  validate: async () => (await import("./validate.js")).addValidateCommand,
  report: async () => (await import("./report.js")).addReportCommand,
  drivers: async () => (await import("./drivers.js")).addDriversCommand,
  doctor: async () => (await import("./doctor.js")).addDoctorCommand,
  install: async () => (await import("./install.js")).addInstallCommand,
  schema: async () => (await import("./schema.js")).addSchemaCommand,
  init: async () => (await import("./init.js")).addInitCommand,
  "check-worker": async () => (await import("./check-worker.js")).addCheckWorkerCommand,
  calibrate: async () => (await import("./calibrate.js")).addCalibrateCommand,
};

/** The command of the command line; all of them where it names none, for help and for what is misspelt. */
function wantedCommands(): readonly (() => Promise<AddCommand>)[] {
  const name = process.argv[2] ?? "";
  const wanted = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return wanted ? [wanted] : Object.values(COMMANDS);
}

async function main(): Promise<void> {
  hideArguments();
  const exit = (code: ExitCode): void => {
    process.exitCode = code;
  };
  const program = new Command("havoq")
    .description("load-testing and chaos-benchmarking for message queues: latency, throughput and loss on one clock")
    .version(HAVOQ_VERSION)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: say })
    .configureHelp({ sortSubcommands: false })
    .hook("preAction", async () => {
      const { removed, problems } = await cleanLeftovers();
      for (const { runId, processes, runDirectory } of removed) {
        const what = processes.length === 0 ? "" : ` and ended ${processes.length} processes`;
        say(`havoq: removed what the killed run ${runId} left${what}; see ${runDirectory}\n`);
      }
      for (const problem of problems) say(`havoq: ${problem}\n`);
    });
  for (const load of wantedCommands()) (await load())(program, exit);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) exit(reportError(error));
    else exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage);
  }
}

/** A client library that still has something going does not keep a command from its end. */
const LAST_MS = 2000;

watchOutput();
await main();
setTimeout(() => process.exit(), LAST_MS).unref();
