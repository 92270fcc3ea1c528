import type { ConfigureMessage, ProducerConfig, WorkerConfig } from "../agent/protocol.js";
import { producerSeed } from "../load/attributes.js";
import type { PhaseWindow } from "../load/phases.js";
import { loadEndNs } from "../load/phases.js";
import { scheduleSpecs } from "../load/schedule.js";
import type { Scenario } from "../scenario/scenario.js";
import { sourceOf } from "../spi/driver.js";
import { type AgentSlot, recordFile } from "./agent-pool.js";
import type { Stage } from "./stage.js";

/** Directories of a run that its agents write to. */
export interface AgentPaths {
  readonly recordsDirectory: string;
  readonly logsDirectory: string;
}

interface Request {
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly paths: AgentPaths;
  readonly phases: readonly PhaseWindow[];
  /** Size of a segment of a record file; `null` for files in one piece. */
  readonly segmentBytes: number | null;
}

type Place = Pick<AgentSlot, "role" | "index" | "incarnation">;

/** Puts the first message to an agent together; an in-process driver's agent is producer and worker in one. */
export function configureAgent(request: Request, slot: Place, firstIndex: number): ConfigureMessage {
  const { scenario, stage } = request;
  const { role, index, incarnation } = slot;
  const inOne = !stage.traits.can.processes;
  return {
    type: "configure",
    runId: stage.runId,
    driver: sourceOf(stage.driver),
    options: stage.options,
    // Poison is a matter of the message: all workers must agree on it, so they share one seed.
    seed: role === "worker" ? scenario.seed : producerSeed(scenario.seed, index),
    index,
    incarnation,
    ...(role === "producer" ? { producer: producerConfig(request, slot, firstIndex) } : {}),
    ...(role === "worker" || inOne ? { worker: workerConfig(request, { ...slot, role: "worker" }) } : {}),
  };
}

function producerConfig(
  { scenario, stage, paths, phases, segmentBytes }: Request,
  slot: Place,
  firstIndex: number,
): ProducerConfig {
  const { payload, keys, priorities, producers, window, confirmTimeout } = scenario.load;
  return {
    recordFile: recordFile(paths.recordsDirectory, slot, slot.incarnation),
    ...(segmentBytes === null ? {} : { segmentBytes }),
    endpoint: stage.endpoints.producers,
    schedule: scheduleSpecs(scenario)?.[slot.index] ?? null,
    firstIndex,
    loadEndNs: loadEndNs(phases),
    ...{ payload, keys, priorities, producers },
    window,
    confirmTimeoutMs: confirmTimeout,
  };
}

function workerConfig({ scenario, stage, paths, segmentBytes }: Request, slot: Place): WorkerConfig {
  const { concurrency, handle, fail } = scenario.workers;
  return {
    recordFile: recordFile(paths.recordsDirectory, slot, slot.incarnation),
    ...(segmentBytes === null ? {} : { segmentBytes }),
    endpoint: stage.endpoints.workers,
    workerId: `${slot.index}-${slot.incarnation}`,
    concurrency,
    handle,
    fail,
  };
}
