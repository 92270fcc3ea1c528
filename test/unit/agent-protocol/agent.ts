import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { listKeys } from "../../../drivers/redis/list-keys.js";
import { monotonicNs } from "../../../src/agent/clock.js";
import type { ConfigureMessage, FromAgent, ToAgent, WorkerConfig } from "../../../src/agent/protocol.js";
import { HEADER_BYTES, runTag, sealPayload } from "../../../src/payload-header.js";
import { type FileHeader, Kind, RECORD_BYTES, RecordCursor, readFileHeader } from "../../../src/record/format.js";
import { ms } from "../../../src/units.js";
import { eventually } from "../../support/eventually.js";
import { AGENTS } from "./python.js";

export const RUN_ID = "20250101-000000-abc123";
/** What the driver calls the lists of this run. */
export const KEYS = listKeys(RUN_ID);
const DEADLINE_MS = 15_000;
const KIND_NAMES = Object.entries(Kind);

/** One record of a worker, read through the cursor that the fold uses. */
export interface ReadRecord {
  readonly kind: string;
  readonly sequence: number;
  readonly key: number;
  readonly redelivered: boolean | undefined;
  /** Due time of a started record, delivery time of a settled one. */
  readonly middleNs: number;
  readonly atNs: number;
}

/** Message `sequence` of producer 3, incarnation 1. */
export function sealed(sequence: number, { runId = RUN_ID, dueNs = 0, bytes = 100 } = {}): Buffer {
  const payload = Buffer.alloc(Math.max(bytes, HEADER_BYTES), sequence);
  sealPayload(payload, runTag(runId), { producer: 3, incarnation: 1, sequence, dueNs, key: sequence * 2 });
  return payload;
}

/** What differs from a worker whose one handler takes no time and never fails. */
export interface WorkerChanges extends Partial<Omit<WorkerConfig, "endpoint" | "recordFile">> {
  readonly port: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly url?: string;
  readonly seed?: number;
}

/** The Python worker as a process, driven as the engine does it. */
export class PythonAgent {
  readonly directory = mkdtempSync(join(tmpdir(), "havoq-agent-"));
  readonly recordFile = join(this.directory, "worker-2.0.hvr");
  readonly said: FromAgent[] = [];
  readonly exited: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>;
  epochNs = 0n;
  private readonly child: ChildProcess;

  constructor() {
    this.child = spawn("python3", [join(AGENTS, "redis_list_worker.py")], {
      cwd: this.directory,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.exited = once(this.child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    this.child.stdin?.on("error", () => {});
    if (this.child.stdout) {
      createInterface({ input: this.child.stdout }).on("line", (line) => this.said.push(JSON.parse(line) as FromAgent));
    }
  }

  send(message: ToAgent): void {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  configure({ port, options = { consume: "brpop" }, url, seed = 42, ...changes }: WorkerChanges): void {
    const endpoint = { host: "127.0.0.1", port, ...(url === undefined ? {} : { url }) };
    const plain = { workerId: "2-0", concurrency: 1, handle: { kind: "constant", value: ms(0) } } as const;
    const worker = { ...plain, fail: { transient: 0, poison: 0 }, ...changes, endpoint };
    const message: ConfigureMessage = {
      type: "configure",
      runId: RUN_ID,
      driver: "redis-list",
      options: { reaper: false, autoPipelining: false, ...options },
      seed,
      index: 2,
      incarnation: 0,
      worker: { ...worker, recordFile: this.recordFile },
    };
    this.send(message);
  }

  /** The whole way to work: `configure`, `ready`, `start`. */
  async start(changes: WorkerChanges): Promise<void> {
    this.configure(changes);
    await this.hears("ready");
    this.epochNs = monotonicNs();
    this.send({ type: "start", epochNs: String(this.epochNs) });
  }

  /** Time since the epoch of `start`. */
  now(): number {
    return Number(monotonicNs() - this.epochNs);
  }

  /** The next message of a type, or the one that was said already. */
  async hears<Type extends FromAgent["type"]>(type: Type): Promise<Extract<FromAgent, { type: Type }>> {
    const of = (message: FromAgent): message is Extract<FromAgent, { type: Type }> => message.type === type;
    await eventually(
      () => this.said,
      (said) => said.some(of),
      DEADLINE_MS,
    );
    return this.said.find(of) ?? Promise.reject(new Error(`no ${type}`));
  }

  /** Asks it to stop; answers with its last counters and its exit code. */
  async stop() {
    this.send({ type: "stop" });
    const bye = await this.hears("bye");
    const [code] = await this.exited;
    return { bye, code };
  }

  closeStdin(): void {
    this.child.stdin?.end();
  }

  /** SIGKILL, and waits for the end. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.exited;
  }

  get header(): FileHeader {
    return readFileHeader(readFileSync(this.recordFile));
  }

  /** All whole records written so far. */
  get records(): ReadRecord[] {
    const file = readFileSync(this.recordFile);
    const cursor = new RecordCursor();
    const records: ReadRecord[] = [];
    for (let at = RECORD_BYTES; at + RECORD_BYTES <= file.length; at += RECORD_BYTES) {
      const { kind, sequence, key, redelivered, middleNs, timeNs } = cursor.place(file, at);
      const name = KIND_NAMES.find(([, code]) => code === kind)?.[0] ?? `unknown ${kind}`;
      records.push({ kind: name, sequence, key, redelivered, middleNs, atNs: timeNs });
    }
    return records;
  }

  /** Sequence numbers of the records of a kind, in the order of the file. */
  sequences(kind: keyof typeof Kind): number[] {
    return this.records.filter((record) => record.kind === kind).map(({ sequence }) => sequence);
  }

  /** Waits until this many records of a kind are on disk. */
  async has(count: number, kind: keyof typeof Kind): Promise<void> {
    const look = () => ({
      records: existsSync(this.recordFile) ? this.sequences(kind) : [],
      said: this.said.slice(-5),
    });
    await eventually(look, ({ records }) => records.length >= count, DEADLINE_MS);
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
