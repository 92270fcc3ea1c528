import type { BaseOptions } from "@platformatic/kafka";
import type { SASLOptions } from "kafkajs";
import type { Endpoint } from "../../src/spi/broker.js";

/** How clients of both libraries say who they are. */
export const CLIENT_ID = "havoq";

const CONNECT_TIMEOUT_MS = 5000;

/** The brokers that a client asks first. */
export const bootstrap = ({ host, port, nodes }: Endpoint) =>
  (nodes ?? [{ host, port }]).map((node) => ({ host: node.host, port: node.port }));

/** SASL/PLAIN credentials in a `kafka://user:password@host:port`; `undefined` when it has none. */
export function saslOf({ url }: Endpoint): Extract<SASLOptions, { mechanism: "plain" }> | undefined {
  if (url === undefined) return undefined;
  const { username, password } = new URL(url);
  if (username === "") return undefined;
  return { mechanism: "plain", username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Whether the url asks for TLS, as `kafka+ssl://host:port` does. */
export const isTls = ({ url }: Endpoint): boolean => url !== undefined && new URL(url).protocol === "kafka+ssl:";

/** What every client of @platformatic/kafka is made with. */
export function baseOptions(endpoint: Endpoint, retries: number): BaseOptions {
  const sasl = saslOf(endpoint);
  return {
    clientId: CLIENT_ID,
    bootstrapBrokers: bootstrap(endpoint),
    connectTimeout: CONNECT_TIMEOUT_MS,
    retries,
    retryDelay: 200,
    ...(isTls(endpoint) ? { tls: {}, tlsServerName: true } : {}),
    ...(sasl ? { sasl: { mechanism: "PLAIN", username: sasl.username, password: sasl.password } } : {}),
  };
}
