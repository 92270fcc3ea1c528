import type { HostChoice } from "../../src/spi/broker.js";
import type { Driver, Traits } from "../../src/spi/driver.js";

/** What a driver says of itself with options and settings as a scenario has them. */
export function traitsOf(
  driver: Driver,
  options: unknown = {},
  settings: unknown = {},
  host: HostChoice = "auto",
): Traits {
  const given = { options: driver.options.parse(options), settings: driver.broker?.settings.parse(settings), host };
  return driver.traits(given);
}
