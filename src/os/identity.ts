import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";
import { isAlive, startTicksOf } from "./processes.js";

/** The system in which a process number has its meaning: another boot or another PID namespace gives the same to others. */
const placeSchema = z.object({
  host: z.string(),
  /** Of the running kernel; all its containers share it. */
  bootId: z.string(),
  pidNamespace: z.string(),
});

/** As it is written down, for a later havoq that may run elsewhere. */
export const placedIdentitySchema = placeSchema.extend({
  pid: z.int().positive(),
  startTicks: z.int().nonnegative(),
});

/** A process of any machine, boot and PID namespace. */
export type PlacedIdentity = z.infer<typeof placedIdentitySchema>;

/** Whether a process runs, has ended, or can't be seen from here. */
export type Whereabouts = "alive" | "gone" | "elsewhere";

/** Identity of a process that runs here, `null` when there is none. */
export function placedIdentityOf(pid: number): PlacedIdentity | null {
  const startTicks = startTicksOf(pid);
  return startTicks === null ? null : { ...placeHere(), pid, startTicks };
}

/** Whether /proc shows the processes by the numbers that this process knows them by: not after `unshare --pid` alone. */
export function seesItself(): boolean {
  return readlinkSync("/proc/self") === String(process.pid);
}

/** What can be known of a process from here. */
export function whereaboutsOf(identity: PlacedIdentity): Whereabouts {
  const here = placeHere();
  // This machine has started anew; what another machine does is not known.
  if (identity.bootId !== here.bootId) return identity.host === here.host ? "gone" : "elsewhere";
  if (identity.pidNamespace !== here.pidNamespace || !seesItself()) return "elsewhere";
  return isAlive(identity) ? "alive" : "gone";
}

function placeHere(): z.infer<typeof placeSchema> {
  return {
    host: hostname(),
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
  };
}
