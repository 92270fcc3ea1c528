/** An address as URLs write it: IPv6 in brackets. */
export const hostPort = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
