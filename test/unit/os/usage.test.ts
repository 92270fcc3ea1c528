import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { countsWrites } from "../../../src/os/block-io.js";
import { descendantsOf, usageOf, usageOfTree } from "../../../src/os/processes.js";
import { needs } from "../../support/systems.js";

const SHARED_BYTES = 64 << 20;
const WRITES = 32;
const WRITE_BYTES = 8192;
const FILE_BYTES = 4 << 20;

let directory = "";
let child: ChildProcess | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "havoq-usage-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  for (const pid of child?.pid === undefined ? [] : descendantsOf(child.pid)) process.kill(pid, "SIGKILL");
  rmSync(directory, { recursive: true });
});

/** Starts a program that says a line when it has done its work, and then waits. */
async function doing(file: string, args: readonly string[]): Promise<number> {
  child = spawn(file, args, { cwd: directory, stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout) await once(child.stdout, "data");
  return child.pid ?? -1;
}

it("what a broker writes is counted within a fifth, or not at all", async () => {
  const pid = await doing(process.execPath, [
    "-e",
    `const { openSync, writeSync, fdatasyncSync } = require("node:fs");
     const file = openSync("log", "w");
     writeSync(file, Buffer.alloc(${FILE_BYTES}));
     fdatasyncSync(file);
     for (let i = 0; i < ${WRITES}; i++) {
       writeSync(file, Buffer.alloc(${WRITE_BYTES}, 1), 0, ${WRITE_BYTES}, i * ${WRITE_BYTES});
       fdatasyncSync(file);
     }
     console.log("done");
     process.stdin.resume();`,
  ]);
  const io = usageOfTree(pid, countsWrites(directory))?.io ?? null;
  // A file system in memory writes nothing to storage.
  if (io === null || io.writtenBytes === 0) return;
  const written = FILE_BYTES + WRITES * WRITE_BYTES;
  expect(io.writtenBytes).toBeGreaterThan(0.8 * written);
  expect(io.writtenBytes).toBeLessThan(1.2 * written);
});

needs("python", "memory that the processes of a broker share is counted once", async () => {
  const program = [
    "import os, signal",
    `held = b"x" * ${SHARED_BYTES}`,
    "for _ in range(3): os.fork() or signal.pause()",
    'print("done", flush=True)',
    "signal.pause()",
  ];
  const pid = await doing("python3", ["-c", program.join("\n")]);
  const pids = [pid, ...descendantsOf(pid)];
  const resident = pids.reduce((sum, each) => sum + (usageOf(each)?.memoryBytes ?? 0), 0);
  expect(pids).toHaveLength(4);
  expect(resident).toBeGreaterThan(4 * SHARED_BYTES);
  const memory = usageOfTree(pid, false)?.memoryBytes ?? 0;
  expect(memory).toBeGreaterThan(SHARED_BYTES);
  expect(memory).toBeLessThan(2 * SHARED_BYTES);
});
