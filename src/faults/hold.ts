import type { FaultSpec, HoldFault } from "../scenario/scenario.js";
import type { Inject } from "../spi/fault.js";
import type { FaultContext } from "./context.js";

/** Holds something of the system's own open; the heal lets it go, and fails where it had ended before. */
export const injectHoldFault: Inject<FaultSpec & HoldFault, FaultContext> = async ({ what }, { admin }) => {
  const held = await admin.abilities?.hold?.(what);
  if (!held) throw new Error(`the driver can't hold a ${what} open`);
  return { description: held.description, heal: () => held.release() };
};
