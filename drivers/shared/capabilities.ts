import type { Capabilities } from "../../src/spi/driver.js";

/** A server of its own, reached over TCP, that delivers again, keeps dead letters and can be inspected everywhere. */
export const FULL: Capabilities = {
  processes: true,
  network: true,
  retries: true,
  inspects: ["ready", "inFlight", "deadLettered"],
};
