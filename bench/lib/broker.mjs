import { join } from "node:path";
import { chooseHost } from "../../dist/src/hosts/choose.js";
import { openBroker } from "../../dist/src/hosts/open.js";

/** @typedef {import("../../dist/src/spi/broker.js").BrokerRecipe} BrokerRecipe */

/**
 * Runs `use` with a private broker on loopback; throws when this machine has none to start.
 * @template T
 * @param {string} directory An existing directory of its own.
 * @param {BrokerRecipe} recipe
 * @param {object} settings As in `target.broker`.
 * @param {(broker: import("../../dist/src/hosts/broker.js").Broker) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withBroker(directory, recipe, settings, use) {
  const checked = recipe.settings.parse(settings);
  const broker = await openBroker(recipe, await chooseHost(recipe, { host: "local", settings: checked }), {
    runId: "bench",
    dir: join(directory, recipe.name),
    settings: checked,
    url: undefined,
    env: {},
    logFile: join(directory, `${recipe.name}.log`),
    onSpawn: () => {},
  });
  try {
    return await use(broker);
  } finally {
    await broker[Symbol.asyncDispose]();
  }
}
