/** An agent process: a producer or a worker (or, in-process driver, both), controlled over stdin and stdout. */
import { loadDriver } from "../../drivers/index.js";
import { refusedBy } from "./refused-error.js";
import { runAgent } from "./run-agent.js";

runAgent(async ({ driver: source, options: given }) => {
  const driver = await loadDriver(source);
  const options = driver.options.parse(given);
  return { clients: await driver.clients(options), options, explain: (error) => refusedBy(driver, error) };
});
