import { readFileSync } from "node:fs";
import { usageOf, usageOfTree } from "../os/processes.js";
import type { ResourceSample } from "../record/events.js";
import type { Admin, Depth } from "../spi/driver.js";
import type { EventLog } from "../store/event-log.js";
import { systemClock, type WaitingClock, within } from "../time.js";
import { type Nanoseconds, NS_PER_S } from "../units.js";

const DEPTH_INTERVAL_MS = 500;
const DEPTH_PATIENCE_MS = 1000;
/** Looking at every process of the machine costs what the brokers under test may want. */
const RESOURCES_INTERVAL_MS = 1000;

/** A process whose CPU and memory are watched. */
export interface Watched {
  readonly name: string;
  readonly role: ResourceSample["role"];
  readonly pid: number | null;
  /** Whether the processes that it has made are a part of it; those of a broker always are. */
  readonly tree?: boolean;
}

/** Watches processes, once a second, and queue lengths, twice a second, while a run lasts. */
export class Sampler {
  /** The last queue lengths that the broker told; all `null` before the first. */
  depth: Depth = { ready: null, inFlight: null, deadLettered: null };
  private readonly over = new AbortController();
  private readonly used = new Map<string, Used>();
  private lastNs: Nanoseconds;
  private steal = readSteal();
  private asking = false;

  constructor(
    private readonly now: () => Nanoseconds,
    private readonly watched: () => readonly Watched[],
    private readonly admin: Admin,
    private readonly log: EventLog,
    /** Whether the kernel's count of a broker's block I/O can be trusted. */
    private readonly blockIo: boolean,
    private readonly clock: WaitingClock = systemClock,
  ) {
    this.lastNs = now();
    this.sampleResources();
    void this.every(RESOURCES_INTERVAL_MS, () => this.sampleResources());
    void this.every(DEPTH_INTERVAL_MS, () => void this.askDepth());
  }

  /** Looks at fixed intervals; those that havoq or the machine has slept through are left out, not made up for. */
  private async every(intervalMs: number, look: () => void): Promise<void> {
    const { clock, over } = this;
    const beginMs = clock.now();
    for (let next = 1; ; next = Math.max(next, Math.floor((clock.now() - beginMs) / intervalMs)) + 1) {
      await clock.sleep(Math.max(0, beginMs + next * intervalMs - clock.now()), over.signal);
      if (over.signal.aborted) return;
      look();
    }
  }

  /** Asks for the queue lengths now; keeps the last ones when the broker does not answer, for which nobody waits long. */
  async askDepth(): Promise<void> {
    // A frozen broker answers one question late, not twenty.
    if (!this.asking) await within(DEPTH_PATIENCE_MS, this.ask());
  }

  private async ask(): Promise<void> {
    this.asking = true;
    try {
      this.depth = await this.admin.depth();
      const { ready, inFlight } = this.depth;
      this.log.append({ type: "depth", atNs: this.now(), ready, inFlight });
    } catch {
      // The broker is down: the gap in the series says so.
    } finally {
      this.asking = false;
    }
  }

  stop(): void {
    this.over.abort();
    this.sampleResources();
  }

  private sampleResources(): void {
    const atNs = this.now();
    const elapsedSeconds = (atNs - this.lastNs) / NS_PER_S;
    this.lastNs = atNs;
    const samples = this.watched().flatMap((process) => this.sample(process, elapsedSeconds));
    const steal = readSteal();
    const ticks = steal.all - this.steal.all;
    const stealShare = ticks > 0 ? (steal.stolen - this.steal.stolen) / ticks : null;
    this.steal = steal;
    this.log.append({ type: "resources", atNs, samples, stealShare });
  }

  /** A restarted process starts from zero; what its predecessor used stays in the totals. */
  private sample({ name, role, pid, tree }: Watched, elapsedSeconds: number): ResourceSample[] {
    // A server is all of its processes; an agent is weighed without the children of its user's making.
    const usage = pid === null ? null : usageIn(pid, { tree: tree || role === "broker", io: this.blockIo });
    if (!usage || pid === null) return [];
    const last = { cpuSeconds: usage.cpuSeconds, readBytes: 0, writtenBytes: 0, ...usage.io };
    let known = this.used.get(name);
    if (!known) known = { pid, last, total: NOTHING };
    else if (known.pid !== pid) known = { pid, last: NOTHING, total: known.total };
    const used = combine(last, known.last, (now, before) => Math.max(0, now - before));
    const total = combine(known.total, used, (before, more) => before + more);
    this.used.set(name, { pid, last, total });
    const perSecond = (amount: number) => (elapsedSeconds > 0 ? amount / elapsedSeconds : 0);
    return [
      {
        name,
        role,
        cpuPercent: 100 * perSecond(used.cpuSeconds),
        rssBytes: usage.memoryBytes,
        cpuSeconds: total.cpuSeconds,
        io: usage.io && {
          readBytesPerSecond: perSecond(used.readBytes),
          writtenBytesPerSecond: perSecond(used.writtenBytes),
          readBytes: total.readBytes,
          writtenBytes: total.writtenBytes,
        },
      },
    ];
  }
}

const usageIn = (pid: number, { tree, io }: { readonly tree: boolean; readonly io: boolean }) =>
  tree ? usageOfTree(pid, io) : usageOf(pid);

/** What a process uses up. */
interface Amounts {
  readonly cpuSeconds: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** Of one name: what its process had used when it was last looked at, and all that was used since the load began. */
interface Used {
  readonly pid: number;
  readonly last: Amounts;
  readonly total: Amounts;
}

const NOTHING: Amounts = { cpuSeconds: 0, readBytes: 0, writtenBytes: 0 };

const combine = (a: Amounts, b: Amounts, how: (a: number, b: number) => number): Amounts => ({
  cpuSeconds: how(a.cpuSeconds, b.cpuSeconds),
  readBytes: how(a.readBytes, b.readBytes),
  writtenBytes: how(a.writtenBytes, b.writtenBytes),
});

/** Jiffies stolen by the hypervisor, and all jiffies, from the first line of /proc/stat. */
function readSteal(): { stolen: number; all: number } {
  const fields = (readFileSync("/proc/stat", "latin1").split("\n")[0] ?? "").trim().split(/\s+/).slice(1).map(Number);
  return { stolen: fields[7] ?? 0, all: fields.slice(0, 8).reduce((sum, field) => sum + field, 0) };
}
