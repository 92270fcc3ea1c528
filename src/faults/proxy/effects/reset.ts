import type { Effect } from "../stage.js";

/** RST on the connections that are there at the injection, and on every new one until the heal. */
export const reset: Effect = (spec, host) => {
  if (spec.reset) host.cut("reset");
  return {};
};
