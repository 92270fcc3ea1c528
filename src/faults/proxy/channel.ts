import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type CutEvent, messageSchema, type ProxyMessage } from "./protocol.js";

/** A process whose three streams are pipes. */
export type PipedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** What is kept of the process's stderr for error messages. */
const STDERR_CHARACTERS = 4_000;

type Answer = Exclude<ProxyMessage, CutEvent>;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Commands to a proxy process and their answers, each with a deadline. */
export class ProxyChannel {
  readonly #child: PipedProcess;
  readonly #deadlineMs: number;
  readonly #onCut: (event: CutEvent) => void;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #stderr = "";
  #ended: string | undefined;
  /** Resolves when the process is gone, to a sentence that says how it ended. */
  readonly ended: Promise<string>;

  constructor(child: PipedProcess, deadlineMs: number, onCut: (event: CutEvent) => void) {
    this.#child = child;
    this.#deadlineMs = deadlineMs;
    this.#onCut = onCut;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS);
    });
    // A write to a process that is gone; its end is told by "close".
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (line) => this.#receive(line));
    this.ended = new Promise((resolve) => {
      child.once("close", (code, signal) => resolve(this.#end(code, signal)));
    });
  }

  /**
   * Sends a command and answers with the proxy's answer of the expected type. Throws when the proxy answers with an
   * error, does not answer in time, or is gone.
   */
  async request<Type extends Answer["type"]>(
    command: { readonly type: string; readonly [key: string]: unknown },
    expected: Type,
  ): Promise<Extract<Answer, { type: Type }>> {
    const answer = await this.#exchange(command);
    if (isOfType(answer, expected)) return answer;
    const problem = answer.type === "error" ? answer.message : `unexpected answer ${answer.type}`;
    throw new Error(`fault proxy: ${command.type}: ${problem}`);
  }

  #exchange(command: { readonly type: string }): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
    const id = this.#nextId++;
    const { promise, resolve, reject } = withResolvers<Answer>();
    const timer = setTimeout(() => {
      reject(new Error(`fault proxy: no answer to ${command.type} within ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    this.#waiting.set(id, { resolve, reject });
    this.#child.stdin.write(`${JSON.stringify({ ...command, id })}\n`);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  #receive(line: string): void {
    const message = parse(line);
    if (message === undefined) return;
    if (message.type === "cut") this.#onCut(message);
    else if (message.id !== null) this.#waiting.get(message.id)?.resolve(message);
  }

  #end(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const printed = this.#stderr.trim();
    this.#ended = `fault proxy: process ${this.#child.pid} ended ${how}${printed === "" ? "" : `; it printed:\n${printed}`}`;
    for (const { reject } of this.#waiting.values()) reject(new Error(this.#ended));
    return this.#ended;
  }
}

function isOfType<Type extends Answer["type"]>(answer: Answer, type: Type): answer is Extract<Answer, { type: Type }> {
  return answer.type === type;
}

/** A line that is no message is not worth a crash: the command that it should have answered meets its deadline. */
function parse(line: string): ProxyMessage | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolvePromise, rejectPromise) => {
    resolve = resolvePromise;
    reject = rejectPromise;
  });
  return { promise, resolve, reject };
}
