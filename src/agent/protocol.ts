/** The control messages between havoq and an agent, one JSON object a line; described in docs/agent-protocol.md. */
import * as z from "zod";
import { AGENT_FAULTS, type AgentFault } from "../faults/context.js";
import type { ScheduleSpec } from "../load/schedule.js";
import type { Failing, HandlingTime, Scenario } from "../scenario/scenario.js";
import type { Endpoint } from "../spi/broker.js";

/** The newest version of the protocol; an agent answers `hello` with the one it speaks. */
export const PROTOCOL_VERSION = 2;
/** The versions that havoq understands: what an agent of version 1 says means the same in version 2. */
export const PROTOCOL_VERSIONS: readonly number[] = [1, PROTOCOL_VERSION];

/** What the producing half of an agent does. */
export interface ProducerConfig {
  readonly recordFile: string;
  /** Size at which the record file goes on in a new segment; an agent may keep to one file. */
  readonly segmentBytes?: number;
  readonly endpoint: Endpoint;
  /** `null`: as fast as the window allows, until `loadEndNs`. */
  readonly schedule: ScheduleSpec | null;
  /** Index in the schedule of this incarnation's sequence number 0. */
  readonly firstIndex: number;
  readonly loadEndNs: number;
  /** Sorts of payload; files by absolute path. */
  readonly payload: Scenario["load"]["payload"];
  readonly keys: Scenario["load"]["keys"];
  readonly priorities: Scenario["load"]["priorities"];
  /** Producers in all. */
  readonly producers: number;
  readonly window: number;
  readonly confirmTimeoutMs: number;
}

/** What the consuming half of an agent does. */
export interface WorkerConfig {
  readonly recordFile: string;
  /** As for a producer. */
  readonly segmentBytes?: number;
  readonly endpoint: Endpoint;
  readonly workerId: string;
  readonly concurrency: number;
  readonly handle: HandlingTime;
  readonly fail: Failing;
}

/** First message to an agent. An agent has a producer, a worker, or (in-process driver only) both. */
export interface ConfigureMessage {
  readonly type: "configure";
  readonly runId: string;
  readonly driver: string;
  readonly options: unknown;
  readonly seed: number;
  readonly index: number;
  readonly incarnation: number;
  readonly producer?: ProducerConfig;
  readonly worker?: WorkerConfig;
}

/** From havoq to an agent. */
export type ToAgent =
  | ConfigureMessage
  /** Sent after `ready`. `epochNs`: t0 on CLOCK_MONOTONIC, as a decimal string; times in records count from it. */
  | { readonly type: "start"; readonly epochNs: string }
  | AgentFault
  /** No more messages: settle what runs, write everything, say `bye`. */
  | { readonly type: "stop" };

const counter = z.int().nonnegative().optional();
/** A time or a span on the run's clock; that it lies within the run is checked where it is heard. */
const spanNs = z.number();
const stats = z.object({
  sent: counter,
  acked: counter,
  rejected: counter,
  indeterminate: counter,
  outstanding: counter,
  started: counter,
  completed: counter,
  failed: counter,
  /** Handlers that ended with their process, where that is not the agent's own. */
  abandoned: counter,
  /** End-to-end p99 of the last interval. */
  endToEndP99Ns: spanNs.optional(),
  eventLoopDelayP99Ns: spanNs.optional(),
});

/** From an agent to havoq; fields that it does not know are left out. */
export const fromAgentSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    protocol: z.number(),
    /** The faults that it does to itself when it is told. */
    obeys: z.array(z.string()).optional(),
  }),
  /** A fault is in effect; of `block`, a second one when it is over. */
  z.object({ type: z.literal("obeyed"), fault: z.enum(AGENT_FAULTS) }),
  /** Connected; waits for `start`. `pid`: the main process of the worker, where the agent only supervises it. */
  z.object({ type: z.literal("ready"), pid: z.int().positive().optional() }),
  z.object({ type: z.literal("stats"), ...stats.shape }),
  /** The meaning of an error code in this agent's records. */
  z.object({ type: z.literal("errorText"), code: z.int().min(1).max(255), text: z.string() }),
  /** An error that belongs to no single message. */
  z.object({ type: z.literal("clientError"), atNs: spanNs, text: z.string() }),
  /** All messages of the schedule were sent and have an outcome. */
  z.object({ type: z.literal("loadDone") }),
  z.object({ type: z.literal("fatal"), text: z.string(), code: z.string().optional(), hint: z.string().optional() }),
  z.object({ type: z.literal("bye"), ...stats.shape }),
]);

/** How a handler begins and ends, said by a worker that leaves writing it down to havoq. */
const HANDLER_EVENTS = ["started", "completed", "failed"] as const;
const BASE64 = /^[A-Za-z0-9+/]{43,}={0,2}$/;
const payloadText = z.string().regex(BASE64, "expected a payload, or its first 32 bytes, in base64");

/** A JSON event: `{"started": "<base64>"}`, with whether the broker says that the message came before. */
export const handlerEventSchema = z.union([
  z.object({ started: payloadText, redelivered: z.boolean().optional() }),
  z.object({ completed: payloadText }),
  z.object({ failed: payloadText }),
]);

/** Whether a line is meant as a JSON event. */
export const isHandlerEvent = (value: object): boolean => HANDLER_EVENTS.some((name) => name in value);

/** One event of a handler. */
export type HandlerEvent = z.infer<typeof handlerEventSchema>;

/** Counters since the start of the process; an agent sends those that it has. */
export type AgentStats = Readonly<z.infer<typeof stats>>;

/** From an agent to havoq. */
export type FromAgent = Readonly<z.infer<typeof fromAgentSchema>>;
