import { cpus, hostname, release, totalmem } from "node:os";
import { HAVOQ_VERSION } from "../package.js";
import type { RunResult } from "../result-schema.js";

/** The machine and the programs that a run was made with. */
export function describeEnvironment(command: string): RunResult["environment"] {
  return {
    havoqVersion: HAVOQ_VERSION,
    nodeVersion: process.version,
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    cpuModel: cpus()[0]?.model.trim() ?? "unknown",
    cores: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    hostname: hostname(),
    command,
  };
}
