import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import {
  type ConfigureMessage,
  type FromAgent,
  type HandlerEvent,
  PROTOCOL_VERSION,
  PROTOCOL_VERSIONS,
  type ToAgent,
} from "../agent/protocol.js";
import { EnvironmentError } from "../errors.js";
import type { AgentFault } from "../faults/context.js";
import { programFile } from "../package.js";
import type { ExitCause } from "../record/events.js";
import { knownSecrets } from "../secrets/known.js";
import { within } from "../time.js";
import type { Nanoseconds } from "../units.js";
import { LONGEST_LINE, parseEvent, parseLine, readLines, WrongWords } from "./agent-words.js";
import { writeWithoutSecrets } from "./secret-log.js";

/** How to start an agent. */
export interface AgentLaunch {
  readonly name: string;
  /** The user's own program, or `undefined` for havoq's agent. */
  readonly command: readonly string[] | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that takes the agent's standard error. */
  readonly logFile: string;
  readonly onSpawn: (pid: number) => void;
  readonly onMessage: (message: FromAgent) => void;
  /** Told how handlers begin and end, by a worker that does not write it down itself. */
  readonly onEvent: (event: HandlerEvent) => void;
  /** Told once of words that are not of the protocol; the process is ended. */
  readonly onWrongWords: (error: EnvironmentError) => void;
  /** Time since t0. */
  readonly now: () => Nanoseconds;
}

/** A crash of its own ends a process by SIGABRT, SIGSEGV and the like. */
const FOREIGN_SIGNALS: readonly NodeJS.Signals[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"];
const READY_DEADLINE_MS = 30_000;
const OBEY_DEADLINE_MS = 10_000;
/** MiB of new objects before V8 looks which of them live: with its default of 16, a burst of messages pays for it over and over. */
const NODE_FLAGS = ["--min-semi-space-size=16", "--max-semi-space-size=32"];

/** One producer or worker process and its control channel. */
export class AgentProcess {
  /** Resolves with how the process ended, for a person. */
  readonly exited: Promise<string>;
  /** How it ended; `null` while it runs. */
  exit: string | null = null;
  /** Whether havoq ends it, or a fault does: an exit is then no surprise. */
  doomed = false;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<FromAgent["type"], () => void>();
  /** Who waits for a fault to be obeyed, the first one first. */
  private readonly obedience: Record<AgentFault["type"], (() => void)[]> = { slow: [], block: [] };
  private obeys: readonly string[] = [];
  private supervised: number | null = null;
  private fatalText: string | null = null;
  private wrong: EnvironmentError | null = null;
  private exitSignal: NodeJS.Signals | null = null;
  private fatalHint: string | null = null;

  constructor(private readonly launch: AgentLaunch) {
    const [file = process.execPath, ...args] = launch.command ?? [
      process.execPath,
      ...NODE_FLAGS,
      programFile("agent"),
    ];
    const log = openSync(launch.logFile, "a");
    this.child = spawn(file, args, {
      cwd: launch.cwd,
      env: { ...process.env, ...launch.env },
      // Only where there are secrets havoq stands between an agent and its log.
      stdio: ["pipe", "pipe", knownSecrets.isEmpty ? log : "pipe"],
      // A group of its own: a Ctrl-C on the terminal is havoq's to handle.
      detached: true,
    });
    closeSync(log);
    if (this.child.stderr) writeWithoutSecrets(this.child.stderr, launch.logFile);
    this.exited = this.watchExit();
    if (this.child.pid !== undefined) launch.onSpawn(this.child.pid);
    this.child.stdin?.on("error", () => {});
    const { stdout } = this.child;
    if (!stdout) return;
    readLines(
      stdout,
      (line) => this.hear(line),
      (begin) => this.refuse(new WrongWords(`a line of more than ${LONGEST_LINE} bytes`, begin, "end each line")),
    );
  }

  /** Who ended it: a process that ends by a signal it can't have sent to itself was ended by somebody else. */
  get endedBy(): ExitCause {
    if (this.doomed) return "havoq";
    return this.exitSignal !== null && FOREIGN_SIGNALS.includes(this.exitSignal) ? "outside" : "itself";
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** The process that does the work: its own, or the one that it supervises. */
  get mainPid(): number {
    return this.supervised ?? this.pid;
  }

  /** Configures the agent and waits until it is connected; throws `EnvironmentError` when it does not get there. */
  async connect(message: ConfigureMessage): Promise<void> {
    this.send(message);
    await this.reply("ready", READY_DEADLINE_MS);
  }

  /** Waits until it has said which faults it obeys. */
  async greeting(): Promise<readonly string[]> {
    await this.reply("hello", READY_DEADLINE_MS);
    return this.obeys;
  }

  send(message: ToAgent): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Asks the agent to end, and waits for it; answers whether it did within the deadline. */
  async stop(deadlineMs: number): Promise<boolean> {
    if (this.exit !== null) return true;
    this.doomed = true;
    this.send({ type: "stop" });
    return within(deadlineMs, this.exited);
  }

  /** Tells it to break itself; resolves when it says that it has, throws when it does not in time, or has ended. */
  async obey(fault: AgentFault, deadlineMs = OBEY_DEADLINE_MS): Promise<void> {
    const answer = this.answered(fault.type, deadlineMs);
    this.send(fault);
    await answer;
  }

  /** Resolves when it says once more that it has obeyed; throws when it does not in time, or has ended. */
  async answered(fault: AgentFault["type"], deadlineMs: number): Promise<void> {
    let heard = () => {};
    const answer = new Promise<void>((resolve) => {
      heard = resolve;
    });
    this.obedience[fault].push(heard);
    const came = await within(deadlineMs, Promise.race([answer, this.exited]));
    // A late answer is not the next one's.
    const waiting = this.obedience[fault];
    if (waiting.includes(heard)) waiting.splice(waiting.indexOf(heard), 1);
    if (this.exit !== null) throw new Error(`${this.launch.name} ended before it obeyed ${fault}: ${this.exit}`);
    if (!came) throw new Error(`${this.launch.name} did not obey ${fault} within ${deadlineMs / 1000} s`);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  private reply(type: FromAgent["type"], deadlineMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.unready(`not ready within ${deadlineMs / 1000} s`)), deadlineMs);
      this.waiting.set(type, () => {
        clearTimeout(timer);
        resolve();
      });
      void this.exited.then((how) => {
        clearTimeout(timer);
        reject(this.unready(this.fatalText ?? how));
      });
    });
  }

  private unready(why: string): EnvironmentError {
    const hint = this.fatalHint ?? `see ${this.launch.logFile}`;
    return this.wrong ?? new EnvironmentError(`${this.launch.name} did not start: ${why}`, hint);
  }

  private hear(line: string): void {
    if (this.wrong) return;
    try {
      const message = parseLine(line, this.launch.now());
      if (message) this.receive(message);
      const event = message ? null : parseEvent(line);
      if (event) this.launch.onEvent(event);
    } catch (error) {
      if (!(error instanceof WrongWords)) throw error;
      this.refuse(error);
    }
  }

  /** A process that says what can't be understood can't be counted on: it is ended, and the run with it. */
  private refuse({ message, hint }: WrongWords): void {
    const { name, command } = this.launch;
    const who = command === undefined ? name : `${name} (${command.join(" ")})`;
    this.wrong = new EnvironmentError(`${who} said what is not of the agent protocol: ${message}`, hint);
    this.doomed = true;
    this.signal("SIGKILL");
    this.launch.onWrongWords(this.wrong);
  }

  private receive(message: FromAgent): void {
    if (message.type === "hello" && !PROTOCOL_VERSIONS.includes(message.protocol)) {
      this.fatalText = `speaks protocol ${message.protocol}, havoq speaks ${PROTOCOL_VERSION}`;
      this.doomed = true;
      this.signal("SIGKILL");
    }
    if (message.type === "hello") this.obeys = message.obeys ?? [];
    if (message.type === "ready") this.supervised = message.pid ?? null;
    if (message.type === "obeyed") this.obedience[message.fault].shift()?.();
    if (message.type === "fatal") {
      this.fatalText = message.text;
      this.fatalHint = message.hint ?? null;
    }
    this.waiting.get(message.type)?.();
    this.launch.onMessage(message);
  }

  private watchExit(): Promise<string> {
    return new Promise((resolve) => {
      const end = (how: string) => {
        this.exit ??= how;
        resolve(this.exit);
      };
      this.child.once("error", (error) => end(error.message));
      // `close` and not `exit`: everything it said has been read by then.
      this.child.once("close", (code, signal) => {
        this.exitSignal = signal;
        end(signal === null ? `exit code ${code}` : `ended by ${signal}`);
      });
    });
  }
}
