import { readFileSync } from "node:fs";
import { usageOf, usageOfTree } from "../os/processes.js";
import type { ResourceSample } from "../record/events.js";
import type { Admin, Depth } from "../spi/driver.js";
import type { Nanoseconds } from "../units.js";
import type { EventLog } from "./event-log.js";

const INTERVAL_MS = 500;

/** A process whose CPU and memory are watched. */
export interface Watched {
  readonly name: string;
  readonly role: ResourceSample["role"];
  readonly pid: number | null;
}

/** Watches processes and queue lengths while a run lasts, twice a second. */
export class Sampler {
  /** The last queue lengths that the broker told; all `null` before the first. */
  depth: Depth = { ready: null, inFlight: null, deadLettered: null };
  private readonly timer: NodeJS.Timeout;
  private readonly used = new Map<string, { pid: number; last: number; total: number }>();
  private lastNs: Nanoseconds;
  private steal = readSteal();
  private asking = false;

  constructor(
    private readonly now: () => Nanoseconds,
    private readonly watched: () => readonly Watched[],
    private readonly admin: Admin,
    private readonly log: EventLog,
  ) {
    this.lastNs = now();
    this.sampleResources();
    this.timer = setInterval(() => {
      this.sampleResources();
      void this.askDepth();
    }, INTERVAL_MS);
  }

  /** Asks for the queue lengths now; keeps the last ones when the broker does not answer. */
  async askDepth(): Promise<void> {
    // A frozen broker answers one question late, not twenty.
    if (this.asking) return;
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
    clearInterval(this.timer);
    this.sampleResources();
  }

  private sampleResources(): void {
    const atNs = this.now();
    const elapsedSeconds = (atNs - this.lastNs) / 1e9;
    this.lastNs = atNs;
    const samples = this.watched().flatMap((process) => this.sample(process, elapsedSeconds));
    const steal = readSteal();
    const ticks = steal.all - this.steal.all;
    const stealShare = ticks > 0 ? (steal.stolen - this.steal.stolen) / ticks : null;
    this.steal = steal;
    this.log.append({ type: "resources", atNs, samples, stealShare });
  }

  /** A restarted process starts from zero; its predecessor's CPU stays in the total. */
  private sample({ name, role, pid }: Watched, elapsedSeconds: number): ResourceSample[] {
    // A server is all of its processes; an agent is weighed without the children of its user's making.
    const usage = pid === null ? null : role === "broker" ? usageOfTree(pid) : usageOf(pid);
    if (!usage || pid === null) return [];
    let known = this.used.get(name);
    if (!known) known = { pid, last: usage.cpuSeconds, total: 0 };
    else if (known.pid !== pid) known = { pid, last: 0, total: known.total };
    const used = Math.max(0, usage.cpuSeconds - known.last);
    this.used.set(name, { ...known, last: usage.cpuSeconds, total: known.total + used });
    const cpuPercent = elapsedSeconds > 0 ? (100 * used) / elapsedSeconds : 0;
    return [{ name, role, cpuPercent, rssBytes: usage.rssBytes, cpuSeconds: known.total + used }];
  }
}

/** Jiffies stolen by the hypervisor, and all jiffies, from the first line of /proc/stat. */
function readSteal(): { stolen: number; all: number } {
  const fields = (readFileSync("/proc/stat", "latin1").split("\n")[0] ?? "").trim().split(/\s+/).slice(1).map(Number);
  return { stolen: fields[7] ?? 0, all: fields.slice(0, 8).reduce((sum, field) => sum + field, 0) };
}
