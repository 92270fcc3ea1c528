import { join } from "node:path";
import type { Broker } from "../hosts/broker.js";
import { type Choice, chooseHost } from "../hosts/choose.js";
import { openBroker } from "../hosts/open.js";
import type { BrokerRecipe, HostKind } from "../spi/broker.js";
import type { Driver } from "../spi/driver.js";
import { GuardedScratch } from "./guarded-scratch.js";

/** The first host that runs a broker as a process of this machine, Docker or not; throws as `chooseHost` does. */
export async function chooseProcessHost(recipe: BrokerRecipe): Promise<Choice> {
  const settings = recipe.settings.parse({});
  const [first = "local", ...others] = (["local", "embedded"] as const).filter((host) =>
    recipe.process?.hosts.includes(host),
  );
  return others.reduce(
    (found, host) =>
      found.catch((reason) => chooseHost(recipe, { host, settings }).catch(() => Promise.reject(reason))),
    chooseHost(recipe, { host: first, settings }),
  );
}

/** Starts the driver's broker in a directory of its own, as a process if nothing else is said; both go when what it returns is disposed. */
export async function startBroker(driver: Driver, given: unknown = {}, host?: HostKind): Promise<Broker> {
  if (!driver.broker) throw new Error(`${driver.name} has no broker`);
  const settings = driver.broker.settings.parse(given);
  const choice = host ? await chooseHost(driver.broker, { host, settings }) : await chooseProcessHost(driver.broker);
  const guarded = new GuardedScratch();
  const { runId, scratch } = guarded;
  const broker = await openBroker(driver.broker, choice, {
    runId,
    dir: scratch.subdirectory("broker"),
    settings,
    url: undefined,
    env: scratch.env,
    logFile: join(scratch.directory, "broker.log"),
    onSpawn: scratch.register,
  }).catch(async (error: unknown) => {
    await guarded[Symbol.asyncDispose]();
    throw error;
  });
  const dispose = broker[Symbol.asyncDispose].bind(broker);
  return Object.assign(broker, {
    [Symbol.asyncDispose]: async () => {
      await dispose();
      await guarded[Symbol.asyncDispose]();
    },
  });
}
