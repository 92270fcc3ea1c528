import type { LaunchRequest, Limits } from "../spi/broker.js";
import type { Hooks } from "./external.js";

/** What a broker is opened with. */
export interface OpenRequest {
  readonly runId: string;
  /** Private directory for its data. */
  readonly dir: string;
  /** Client port of the (first) node; a free one is chosen when none is given. */
  readonly port?: number;
  /** Listeners for clients that come through the proxy; for a recipe that advertises. */
  readonly sides?: LaunchRequest<unknown>["sides"];
  readonly settings: unknown;
  /** For the external host: its address, and the commands that break and start it. */
  readonly url: string | undefined;
  readonly hooks?: Hooks | undefined;
  /** For the container host. */
  readonly limits?: Limits;
  /** Marks the process as the run's. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes what it prints. */
  readonly logFile: string;
  /** Interrupts the run: a start that is under way is given up. */
  readonly signal?: AbortSignal;
  readonly onSpawn: (pid: number) => void;
  /** Told when the process ends and neither a fault nor havoq asked for it. */
  readonly onUnexpectedExit?: (text: string) => void;
}
