#!/usr/bin/env node
/** The command line: commands are one file each; this one only joins them. */
import { Command, CommanderError } from "commander";
import { cleanLeftovers } from "../engine/leftovers.js";
import { HAVOQ_VERSION } from "../version.js";
import { addCalibrateCommand } from "./calibrate.js";
import { hideArguments } from "./command-line.js";
import { addCompareCommand } from "./compare.js";
import { addDoctorCommand } from "./doctor.js";
import { addDriversCommand } from "./drivers.js";
import { ExitCode } from "./exit-codes.js";
import { addGateCommand } from "./gate.js";
import { addInitCommand } from "./init.js";
import { addInstallCommand } from "./install.js";
import { reportError, watchOutput } from "./output.js";
import { addReportCommand } from "./report.js";
import { addRunCommand } from "./run.js";
import { addSchemaCommand } from "./schema.js";
import { print, say } from "./terminal.js";
import { addValidateCommand } from "./validate.js";

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
  addRunCommand(program, exit);
  addCompareCommand(program, exit);
  addGateCommand(program, exit);
  addValidateCommand(program);
  addReportCommand(program);
  addDriversCommand(program);
  addDoctorCommand(program, exit);
  addInstallCommand(program);
  addSchemaCommand(program);
  addInitCommand(program);
  addCalibrateCommand(program, exit);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) exit(reportError(error));
    else exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage);
  }
}

watchOutput();
await main();
