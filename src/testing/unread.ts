import { readFileSync } from "node:fs";

/** State of a connected socket, in /proc/net/tcp. */
const ESTABLISHED = "01";

/** Bytes that have come to a port of this machine and that its program has not read. */
export function unreadBytes(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"]
    .flatMap((table) => readFileSync(`/proc/net/${table}`, "latin1").split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(local) && fields[3] === ESTABLISHED)
    .reduce((sum, fields) => sum + Number.parseInt(fields[4]?.split(":")[1] ?? "0", 16), 0);
}
