import type { Durability, HostChoice } from "../../src/spi/broker.js";
import { durability, type Settings } from "./server-settings.js";
import type { WaitOption } from "./wait-option.js";

/** What survives a crash where `wait` may have replicas confirm each write. */
export function durabilityWith(wait: WaitOption, settings: Settings, host: HostChoice): Durability {
  const server = durability(settings, host);
  return wait === "none" ? server : { ...server, confirmedIn: "replicas" };
}
