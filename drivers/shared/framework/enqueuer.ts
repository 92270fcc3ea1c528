import { type ChildProcess, spawn } from "node:child_process";
import { codeOf } from "../../../src/errors.js";
import { type AckLevel, type Attributes, type Producer, RejectedError } from "../../../src/spi/driver.js";
import { within } from "../../../src/time.js";

/** The framework's own client in a process of its own language. */
export interface EnqueuerProgram {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Its first line: what run it enqueues for. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What it means that the client has taken a message. */
  readonly level: AckLevel;
}

const HEAD_BYTES = 10;
const ANSWER_BYTES = 7;
const START_DEADLINE_MS = 25_000;
const END_DEADLINE_MS = 2000;

const STORED = 0;
const REFUSED = 1;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Hands messages to an enqueuer over a pipe, in the frames of `sdk/python/havoq/enqueue.py`; those of one turn of the
 * event loop in one write.
 */
export class Enqueuer implements Producer {
  private readonly level: AckLevel;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<void>;
  private next = 1;
  private frames: Buffer[] = [];
  private answers: Buffer = Buffer.alloc(0);
  private over: string | null = null;

  private constructor({ command: [file = "", ...args], env, config, level }: EnqueuerProgram) {
    this.level = level;
    this.child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", process.stderr.fd],
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.over ??= how;
        for (const { reject } of this.waiting.values()) reject(new Error(`the enqueuer is gone: ${how}`));
        this.waiting.clear();
        resolve();
      };
      this.child.once("error", (error) => end(error.message));
      this.child.once("close", (code, name) => end(name === null ? `exit code ${code}` : `ended by ${name}`));
    });
    this.child.stdout?.on("data", (chunk: Buffer) => this.hear(chunk));
    // Its end tells what was wrong.
    this.child.stdin?.on("error", (error) => codeOf(error));
    this.child.stdin?.write(`${JSON.stringify(config)}\n`);
  }

  /** Starts one and waits until its client is loaded; throws when it does not get there. */
  static async start(program: EnqueuerProgram): Promise<Enqueuer> {
    const enqueuer = new Enqueuer(program);
    const ready = new Promise<void>((resolve, reject) => enqueuer.waiting.set(0, { resolve, reject }));
    try {
      if (await within(START_DEADLINE_MS, ready)) return enqueuer;
      throw new Error(`the enqueuer was not ready within ${START_DEADLINE_MS / 1000} s`);
    } catch (error) {
      enqueuer.child.kill("SIGKILL");
      throw error;
    }
  }

  publish(payload: Buffer, { priority = -1 }: Attributes = {}): Promise<AckLevel> {
    if (this.over !== null) return Promise.reject(new Error(`the enqueuer is gone: ${this.over}`));
    const number = this.next;
    this.next = (this.next + 1) % 2 ** 32 || 1;
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(HEAD_BYTES - 4 + payload.length, 0);
    head.writeUInt32LE(number, 4);
    head.writeInt16LE(priority, 8);
    if (this.frames.length === 0) queueMicrotask(() => this.flush());
    this.frames.push(head, payload);
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve: () => resolve(this.level), reject });
    });
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    if (!(await within(END_DEADLINE_MS, this.ended))) this.child.kill("SIGKILL");
    await this.ended;
  }

  private flush(): void {
    this.child.stdin?.write(Buffer.concat(this.frames));
    this.frames = [];
  }

  private hear(chunk: Buffer): void {
    this.answers = this.answers.length === 0 ? chunk : Buffer.concat([this.answers, chunk]);
    let at = 0;
    while (this.answers.length - at >= ANSWER_BYTES) {
      const length = this.answers.readUInt16LE(at + 5);
      const end = at + ANSWER_BYTES + length;
      if (this.answers.length < end) break;
      const text = this.answers.toString("utf8", at + ANSWER_BYTES, end);
      this.settle(this.answers.readUInt32LE(at), this.answers.readUInt8(at + 4), text);
      at = end;
    }
    this.answers = this.answers.subarray(at);
  }

  private settle(number: number, status: number, text: string): void {
    const waiting = this.waiting.get(number);
    this.waiting.delete(number);
    if (status === STORED) waiting?.resolve();
    else waiting?.reject(status === REFUSED ? new RejectedError(text) : new Error(text));
  }
}
