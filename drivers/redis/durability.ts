import type { Durability, HostKind } from "../../src/spi/broker.js";
import { durability, settings } from "./server-settings.js";
import type { WaitOption } from "./wait-option.js";

/** What survives a crash where `wait` may have replicas confirm each write. */
export function durabilityOf({ wait }: { readonly wait: WaitOption }, given: unknown, host: HostKind): Durability {
  const server = durability(settings.parse(given ?? {}), host);
  return wait === "none" ? server : { ...server, confirmedIn: "replicas" };
}
