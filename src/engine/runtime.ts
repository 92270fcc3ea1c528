import { EnvironmentError } from "../errors.js";
import type { Driver } from "../spi/driver.js";
import { isFramework } from "../spi/framework.js";

/** Name and version of the framework that a driver's workers are; `null` for a driver without. Throws `EnvironmentError` when it is not there. */
export async function requireRuntime(driver: Driver, options: unknown): Promise<string | null> {
  if (!isFramework(driver)) return null;
  const { name } = driver.runtime;
  const found = await driver.runtime.locate(options);
  if (!found.found) throw new EnvironmentError(`driver ${driver.name} needs ${name}: ${found.reason}`, found.hint);
  return `${name} ${found.version ?? ""}`.trim();
}
