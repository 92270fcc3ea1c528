import type { Endpoint, HostKind, Limits } from "../spi/broker.js";

/** What a fault can break: one node of a broker, or all of it. */
export interface Breakable {
  /** The running process, or `null` when it is down or not havoq's; of several, the first that runs. */
  readonly pid: number | null;
  /** SIGKILL; resolves when the process is gone, throws when none runs. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when the process is gone (SIGKILL after a deadline), throws when none runs. */
  stop(): Promise<void>;
  /** SIGSTOP; resolves when the kernel has stopped the process. */
  pause(): Promise<void>;
  /** SIGCONT; does nothing to a broker that is not paused. */
  resume(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it is ready; does nothing while it runs. */
  start(): Promise<void>;
  /** Removes its data, as if its disk were lost; throws while it runs. */
  loseDisk(): Promise<void>;
  /** Changes what it may use; `null` gives it what it was started with. Only where the host can. */
  limit?(limits: Limits | null): Promise<void>;
  /** Takes it off the network. Only where the host can. */
  disconnect?(): Promise<void>;
  /** Puts it back on the network; does nothing to a broker that is on it. */
  reconnect?(): Promise<void>;
  /** Whether it goes on taking connections. Only of a broker that the user's own commands break. */
  answers?(): Promise<boolean>;
}

/** One node of a broker; disposing of it ends it. */
export interface BrokerNode extends Breakable, AsyncDisposable {
  readonly endpoint: Endpoint;
  /** As it said when it was last started, such as "Redis 7.0.15". */
  readonly version: string;
}

/** A broker that a run uses, and may break; disposing of it ends it. */
export interface Broker extends Breakable, AsyncDisposable {
  readonly kind: HostKind;
  /** The same after every restart. */
  readonly endpoint: Endpoint;
  /** What runs, for a person: a path, a package with its version, or an address. */
  readonly what: string;
  /** As the broker said when it was last started, such as "Redis 7.0.15". */
  readonly version: string;
  /** Its nodes by name, where it has several. */
  readonly nodes: ReadonlyMap<string, BrokerNode>;
  /** The image that its container was made of, with its digest; `null` when it has none. */
  readonly image: string | null;
  /** The last lines of its output; empty when there is none. */
  logTail(): string;
}

/** A broker that did not get ready: says what was run and what it printed. Exit code 3. */
export class BrokerStartError extends Error {
  override readonly name = "BrokerStartError";

  constructor(name: string, why: string, command: string, logTail: string) {
    const said = logTail === "" ? "it printed nothing" : `its last words:\n${logTail.replace(/^/gm, "    ")}`;
    super(`${name} ${why}\n  command: ${command}\n  ${said}`);
  }
}
