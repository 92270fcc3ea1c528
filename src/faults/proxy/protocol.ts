/** The control messages of the fault proxy: one JSON object a line, commands on stdin, answers and events on stdout. */
import * as z from "zod";
import { effectSpecs } from "./effects/index.js";
import { CUTS } from "./stage.js";

const side = z.enum(["producers", "workers"]);
const faultSide = z.enum(["producers", "workers", "all"]);
const count = z.int().nonnegative();
const id = z.int().nonnegative();
/** CLOCK_MONOTONIC in nanoseconds, as a decimal string: beyond the integers of JSON. */
const clockNs = z.string().regex(/^\d+$/);

/** What a fault does to each connection of its side. */
export const effectSchema = z.strictObject({
  /** up: towards the broker; down: towards the client. */
  direction: z.enum(["up", "down", "both"]),
  ...effectSpecs,
});

/** Where the broker listens. */
const upstreamSchema = z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) });

/** From havoq to the proxy. */
export const commandSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("listen"),
    id,
    side,
    upstream: upstreamSchema,
    /** Of the jitter. */
    seed: z.int(),
    /** Allows an upstream beyond loopback: a broker that the user named. */
    external: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal("inject"), id, fault: z.string().min(1), side: faultSide, effect: effectSchema }),
  z.strictObject({ type: z.literal("heal"), id, fault: z.string().min(1) }),
  z.strictObject({ type: z.literal("stats"), id }),
  z.strictObject({ type: z.literal("bye") }),
]);

const listenerStats = z.strictObject({
  side,
  port: z.int().positive(),
  /** Connections since the start, and those open now (also half-closed and held ones). */
  accepted: count,
  open: count,
  /** Connections that a fault reset. */
  cuts: count,
  /** Bytes handed to the broker's and to the clients' sockets. */
  upBytes: count,
  downBytes: count,
});

/** What the proxy did since its start. */
export const statsSchema = z.strictObject({ faults: z.array(z.string()), listeners: z.array(listenerStats) });

/** A connection that a fault ended. */
export const cutEventSchema = z.strictObject({
  type: z.literal("cut"),
  fault: z.string(),
  by: z.enum(CUTS),
  side,
  /** Ordinal of the connection on its port, from 0. */
  connection: count,
  atNs: clockNs,
});

/** From the proxy to havoq. */
export const messageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("listening"), id, side, port: z.int().positive() }),
  z.strictObject({ type: z.literal("injected"), id, atNs: clockNs }),
  z.strictObject({ type: z.literal("healed"), id, atNs: clockNs }),
  z.strictObject({ type: z.literal("stats"), id, ...statsSchema.shape }),
  /** `id` is `null` when the line had none that could be read. */
  z.strictObject({ type: z.literal("error"), id: id.nullable(), message: z.string() }),
  cutEventSchema,
]);

/** The clients of one port: the producer or the worker processes. */
export type Side = z.infer<typeof side>;
/** Whom a fault concerns. */
export type FaultSide = z.infer<typeof faultSide>;
/** What a fault does to each connection of its side. */
export type EffectSpec = z.infer<typeof effectSchema>;
/** Where the broker listens. */
export type Upstream = z.infer<typeof upstreamSchema>;
/** From havoq to the proxy. */
export type ProxyCommand = z.infer<typeof commandSchema>;
/** From the proxy to havoq. */
export type ProxyMessage = z.infer<typeof messageSchema>;
/** What one port of the proxy did since its start. */
export type ListenerStats = z.infer<typeof listenerStats>;
/** What the proxy did since its start. */
export type ProxyStats = z.infer<typeof statsSchema>;
/** A connection that a fault ended. */
export type CutEvent = z.infer<typeof cutEventSchema>;
