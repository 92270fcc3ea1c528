import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** State of a socket that listens, in /proc/net/tcp. */
const LISTEN = "0A";

/** Whether exactly this process listens on a TCP port; also true where its files can't be looked at. */
export function listensOn(pid: number, port: number): boolean {
  const inodes = new Set(["tcp", "tcp6"].flatMap((table) => listeningInodes(`/proc/${pid}/net/${table}`, port)));
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(inodeOf(`/proc/${pid}/fd/${fd}`)));
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EACCES";
  }
}

/** Inodes of the sockets that listen on a port, whatever their address. */
function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  let text: string;
  try {
    text = readFileSync(table, "latin1");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const inode = fields[9];
    return fields[1]?.endsWith(`:${hexPort}`) && fields[3] === LISTEN && inode !== undefined ? [inode] : [];
  });
}

function inodeOf(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? "";
  } catch {
    return "";
  }
}
