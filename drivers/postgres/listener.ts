import type { ConsumerContext } from "../../src/spi/driver.js";
import { Connection } from "./connection.js";
import type { PostgresOptions } from "./options.js";
import { nameOf } from "./session.js";

/** Calls for each NOTIFY of the run, and once at each new session, for what came while there was none. */
export function listen(context: ConsumerContext<PostgresOptions>, onNotify: () => void): Connection {
  const channel = nameOf(context.runId);
  return new Connection({
    endpoint: context.endpoint,
    name: `${channel}_listener`,
    onClientError: (error) => context.onClientError(error),
    onSession: async (client) => {
      client.on("notification", onNotify);
      await client.query(`LISTEN ${channel}`);
      onNotify();
    },
  });
}
