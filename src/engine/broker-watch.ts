import { descendantsOf, isFrozen } from "../os/processes.js";

const LOOK_MS = 1000;

/** What is watched, and who is told. */
export interface BrokerWatchRequest {
  /** Processes of the broker that run now. */
  pids(): readonly number[];
  /** Whether a fault breaks the broker now: what it does meanwhile is no surprise. */
  isFaulty(): boolean;
  /** Told once for each time that a process of the broker was found frozen. */
  onFrozen(pid: number): void;
}

/** Looks once a second whether somebody else froze the broker (SIGSTOP); its end is told by its host. */
export class BrokerWatch implements Disposable {
  private readonly timer: NodeJS.Timeout;
  private frozen = new Set<number>();

  constructor(private readonly request: BrokerWatchRequest) {
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  look(): void {
    const { pids, isFaulty, onFrozen } = this.request;
    if (isFaulty()) return;
    const frozen = new Set(pids().flatMap((pid) => [pid, ...descendantsOf(pid)].filter(isFrozen)));
    for (const pid of frozen) if (!this.frozen.has(pid)) onFrozen(pid);
    this.frozen = frozen;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}
