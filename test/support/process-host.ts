import { type Choice, chooseHost } from "../../src/hosts/choose.js";
import type { BrokerRecipe } from "../../src/spi/broker.js";

/** The first host that runs a broker as a process of this machine, Docker or not; throws as `chooseHost` does. */
export async function chooseProcessHost(recipe: BrokerRecipe): Promise<Choice> {
  const settings = recipe.settings.parse({});
  const hosts = recipe.process?.hosts ?? [];
  const [first = "local", ...others] = (["local", "embedded"] as const).filter((host) => hosts.includes(host));
  return others.reduce(
    (found, host) =>
      found.catch((reason) => chooseHost(recipe, { host, settings }).catch(() => Promise.reject(reason))),
    chooseHost(recipe, { host: first, settings }),
  );
}
