import type { FaultSpec, HoldFault } from "../scenario/scenario.js";
import type { Inject } from "../spi/fault.js";
import type { FaultContext } from "./context.js";

/** Holds something of the system's own open; the heal lets it go, and fails where it had ended before. */
export const injectHoldFault: Inject<FaultSpec & HoldFault, FaultContext> = async ({ what }, { admin }) => {
  if (!admin.hold) throw new Error(`the driver can't hold a ${what} open`);
  const held = await admin.hold(what);
  return { description: held.description, heal: () => held.release() };
};
