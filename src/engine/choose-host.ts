import { type Choice, chooseHost } from "../hosts/choose.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Driver } from "../spi/driver.js";

/** What decides where a scenario's broker runs. */
interface Candidate {
  readonly driver: Driver;
  readonly scenario: Scenario;
  readonly settings: unknown;
}

/** Where the broker of a scenario will run; `null` when its driver has none. Throws `HostUnavailableError`. */
export async function chooseScenarioHost(
  { driver, scenario, settings }: Candidate,
  say?: (text: string) => void,
): Promise<Choice | null> {
  const { host, image } = scenario.target;
  return driver.broker ? chooseHost(driver.broker, { host, settings, image, ...(say ? { say } : {}) }) : null;
}
