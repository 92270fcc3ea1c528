import { driverNames } from "../../drivers/index.js";
import { driverOf } from "../rounds/load-scenario.js";
import type { Driver } from "../spi/driver.js";
import { usage } from "./usage.js";

/** The drivers of these names, in the order of havoq's list, those of the user's own behind; all of havoq's without names. */
export async function namedDrivers(command: string, names: readonly string[]): Promise<Driver[]> {
  const own = names.filter((name) => !driverNames.includes(name));
  const wanted = names.length === 0 ? driverNames : driverNames.filter((name) => names.includes(name));
  return Promise.all(
    [...wanted, ...own].map(async (name) => {
      const driver = await driverOf(name, process.cwd());
      if ("message" in driver) throw usage(command, driver.message, driver.hint);
      return driver;
    }),
  );
}
