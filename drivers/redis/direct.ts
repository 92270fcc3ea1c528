import { Redis } from "ioredis";
import type { Endpoint } from "../../src/spi/broker.js";
import { redisOptions } from "./connection.js";

const TIMEOUT_MS = 1000;

/** Asks one server or sentinel over a connection of its own; throws when it does not answer within a second. */
export async function askDirectly<T>({ host, port, url }: Endpoint, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({
    ...redisOptions({ host, port, ...(url === undefined ? {} : { url }) }),
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  let lastError: Error | null = null;
  client.on("error", (error: Error) => {
    lastError = error;
  });
  try {
    await client.connect();
    return await ask(client);
  } catch (error) {
    // ioredis says "Connection is closed." and tells why in an event.
    throw lastError ?? error;
  } finally {
    client.disconnect();
  }
}
