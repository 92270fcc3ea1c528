import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PROTOCOL_VERSIONS } from "../../agent/protocol.js";
import { parseLine } from "../../engine/agent-words.js";
import type { WorkerCommand } from "../../engine/worker-command.js";
import { within } from "../../time.js";
import type { Broken } from "./rules.js";

const HELLO_MS = 10_000;
const END_MS = 5000;
/** Long enough for a signal to end a process that does not ignore it. */
const SIGNAL_MS = 500;

/** What a worker does before it is told anything: its first word, an interrupt, and the end of its standard input. */
export async function checkAlone({ command, env }: WorkerCommand, cwd: string): Promise<Broken | null> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, name) => resolve(name === null ? `exit code ${code}` : `ended by ${name}`));
  });
  child.stdin.on("error", () => {});
  try {
    const lines = createInterface({ input: child.stdout });
    const first = once(lines, "line").then(([line]) => String(line));
    if (!(await within(HELLO_MS, Promise.race([first, ended]))))
      return { rule: "hello", why: "it said nothing in 10 s" };
    const line = await Promise.race([first, ended.then(() => null)]);
    if (line === null) return { rule: "hello", why: `it ended before it said anything: ${await ended}` };
    const wrong = wrongGreeting(line);
    if (wrong !== null) return { rule: "hello", why: wrong };
    child.kill("SIGINT");
    if (await within(SIGNAL_MS, ended)) return { rule: "interrupt", why: await ended };
    child.stdin.end();
    if (!(await within(END_MS, ended))) return { rule: "end of input", why: "it still ran after 5 s" };
    return null;
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

function wrongGreeting(line: string): string | null {
  try {
    const said = parseLine(line, 0);
    if (said?.type !== "hello") return `its first line is ${JSON.stringify(line.slice(0, 200))}`;
    const known = PROTOCOL_VERSIONS.join(" or ");
    return PROTOCOL_VERSIONS.includes(said.protocol) ? null : `it speaks protocol ${said.protocol}, havoq ${known}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
