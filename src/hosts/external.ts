import { EnvironmentError } from "../engine/errors.js";
import type { BrokerRecipe, Endpoint } from "../spi/broker.js";
import type { Broker } from "./broker.js";

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "amqp:": 5672,
  "amqps:": 5671,
  "http:": 80,
  "https:": 443,
  "kafka:": 9092,
  "nats:": 4222,
  "postgres:": 5432,
  "postgresql:": 5432,
  "redis:": 6379,
  "rediss:": 6379,
};

/** The address in a URL; throws `EnvironmentError` when there is none. Credentials in it are never printed. */
export function endpointOf(url: string): Endpoint {
  const hint = "write it as scheme://host:port";
  if (!URL.canParse(url)) throw new EnvironmentError("the broker's url can't be read", hint);
  const parsed = new URL(url);
  const port = parsed.port === "" ? DEFAULT_PORTS[parsed.protocol] : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "") throw new EnvironmentError("the broker's url names no host", hint);
  if (port === undefined) throw new EnvironmentError("the broker's url names no port", hint);
  return { host, port, url };
}

/** Reaches a broker that others run: it can be used, but not broken. Throws `EnvironmentError` when it does not answer. */
export async function reachExternal(recipe: BrokerRecipe, url: string): Promise<Broker> {
  const endpoint = endpointOf(url);
  const place = `${endpoint.host}:${endpoint.port}`;
  const version = await recipe.probe(endpoint, "external").catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const hint = "check the url, its credentials, and that the broker can be reached from here";
    throw new EnvironmentError(`${recipe.name} at ${place} does not answer: ${text}`, hint, { cause: error });
  });
  const refuse = async () => {
    throw new Error(`external host: havoq can't break or start the broker at ${place}`);
  };
  return {
    kind: "external",
    endpoint,
    what: place,
    version,
    pid: null,
    nodes: new Map(),
    kill: refuse,
    stop: refuse,
    pause: refuse,
    resume: refuse,
    start: refuse,
    logTail: () => "",
    [Symbol.asyncDispose]: async () => {},
  };
}
