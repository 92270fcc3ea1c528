import type { Breakable } from "../faults/context.js";
import type { Endpoint, HostKind } from "../spi/broker.js";

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
