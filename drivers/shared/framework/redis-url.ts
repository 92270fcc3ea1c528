import type { Endpoint } from "../../../src/spi/broker.js";

/** Host and port of an endpoint, which may be havoq's proxy, with user, password and database of the user's own url. */
export function redisUrl({ host, port, url }: Endpoint): string {
  if (url === undefined) return `redis://${host}:${port}`;
  const made = new URL(url);
  made.hostname = host;
  made.port = String(port);
  return made.href;
}
