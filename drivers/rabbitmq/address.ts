import type { Endpoint } from "../../src/spi/broker.js";

/** How a broker is reached: where, as whom, and whether through TLS. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  /** Name in the server's certificate; `null` without TLS. */
  readonly tlsName: string | null;
}

/** Credentials, virtual host and TLS come from the endpoint's URL, host and port never do: they may be the proxy's. */
export function addressOf({ host, port, url }: Endpoint): Address {
  const common = { hostname: host, port };
  if (url === undefined) return { ...common, username: "guest", password: "guest", vhost: "/", tlsName: null };
  const { username, password, pathname, protocol, hostname } = new URL(url);
  return {
    ...common,
    username: username === "" ? "guest" : decodeURIComponent(username),
    password: username === "" ? "guest" : decodeURIComponent(password),
    vhost: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : "/",
    tlsName: protocol === "amqps:" ? hostname : null,
  };
}
