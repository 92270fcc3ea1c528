/** What a run writes down beside its records: one JSON object a line in events.ndjson. */

import type { PhaseWindow } from "../load/phases.js";
import type { FaultResult, RunResult } from "../result-schema.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Nanoseconds } from "../units.js";

/** Everything about a run that is known when its load starts. */
export interface BeginEvent {
  readonly type: "begin";
  readonly runId: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly scenario: Scenario;
  readonly target: RunResult["target"];
  readonly environment: RunResult["environment"];
  readonly phases: readonly PhaseWindow[];
  readonly proxyOverheadNs: number | null;
}

/** A step in the life of one injection of a fault. */
export interface FaultEvent {
  readonly type: "fault";
  readonly id: string;
  readonly occurrence: number;
  readonly family: FaultResult["family"];
  readonly step: "requested" | "confirmed" | "healRequested" | "healed" | "failed";
  readonly atNs: Nanoseconds;
  /** When the scenario wanted it; of `requested` and `healRequested`. */
  readonly plannedNs?: Nanoseconds;
  /** What speaks against its having worked; of `confirmed`. */
  readonly doubt?: string;
  /** What was done, for a person; the error, when the step is `failed`. */
  readonly text: string;
}

/** Who ended a process. */
export type ExitCause = "havoq" | "itself" | "outside";

/** Resource use of one process at one moment. */
export interface ResourceSample {
  readonly name: string;
  readonly role: RunResult["resources"][number]["role"];
  readonly cpuPercent: number;
  /** Resident; of a broker of several processes, what they share is counted once. */
  readonly rssBytes: number;
  /** CPU used since the load started. */
  readonly cpuSeconds: number;
  /** Block I/O since the last sample, and since the load started; `null` where it can't be seen. */
  readonly io: {
    readonly readBytesPerSecond: number;
    readonly writtenBytesPerSecond: number;
    readonly readBytes: number;
    readonly writtenBytes: number;
  } | null;
}

/** One line of events.ndjson; all times count from t0. */
export type RunEvent =
  | BeginEvent
  | FaultEvent
  | {
      readonly type: "agent";
      readonly name: string;
      readonly incarnation: number;
      /** givenUp: ended too often without having done anything, so it is not started again. */
      readonly state: "started" | "exited" | "givenUp";
      readonly atNs: Nanoseconds;
      readonly detail: string;
      /** Who ended it: havoq (at the end, or by a fault), the process itself, or a signal of somebody else's; of `exited`. */
      readonly by?: ExitCause;
    }
  /** The broker ended, or was frozen, and neither havoq nor a fault did it. */
  | { readonly type: "broker"; readonly state: "exited" | "frozen"; readonly atNs: Nanoseconds; readonly text: string }
  | {
      readonly type: "errorText";
      readonly producer: number;
      readonly incarnation: number;
      readonly code: number;
      readonly text: string;
    }
  | {
      readonly type: "clientError";
      readonly role: "producer" | "worker";
      readonly atNs: Nanoseconds;
      readonly text: string;
    }
  | {
      readonly type: "resources";
      readonly atNs: Nanoseconds;
      readonly samples: readonly ResourceSample[];
      readonly stealShare: number | null;
    }
  | {
      readonly type: "depth";
      readonly atNs: Nanoseconds;
      readonly ready: number | null;
      readonly inFlight: number | null;
    }
  | { readonly type: "loopDelay"; readonly name: string; readonly p99Ns: number }
  /** Counters an agent reported at its end; must equal what it recorded. */
  | {
      readonly type: "counted";
      readonly name: string;
      readonly incarnation: number;
      readonly acked: number | null;
      readonly started: number | null;
    }
  | {
      readonly type: "drained";
      readonly atNs: Nanoseconds;
      readonly reason: string;
      readonly residue: { readonly inspected: boolean; readonly anonymous: number };
      /** Why what is left could not be inspected; `null` when it could, or when the system can't be asked. */
      readonly error?: string | null;
    }
  | {
      readonly type: "end";
      readonly atNs: Nanoseconds;
      /** When the load was over or cut short; runs of older versions do not say it. */
      readonly loadEndedNs?: Nanoseconds;
      readonly interrupted: boolean;
      readonly notes: readonly string[];
      /** Why messages that were due were never sent; `null` when all were. */
      readonly unsent?: string | null;
    };
