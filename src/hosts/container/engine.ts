import { existsSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import type { ContainerRuntimeClient } from "testcontainers";

/** Docker's API, by the client that testcontainers found. */
export type Engine = ContainerRuntimeClient["container"]["dockerode"];

const TIMEOUT_MS = 3000;

/** The engine that answers on this machine, for a person; or a sentence that says why there is none. */
export async function findEngine(): Promise<{ readonly what: string } | { readonly reason: string }> {
  const address = process.env["DOCKER_HOST"];
  // Brokers in containers are reached on this machine's loopback, and their processes are looked at.
  if (address && !address.startsWith("unix://"))
    return { reason: `DOCKER_HOST is ${address}: the engine has to be this machine's, at a Unix socket` };
  const sockets = address ? [address.slice("unix://".length)] : defaultSockets();
  const socket = sockets.find((path) => existsSync(path));
  if (socket === undefined) return { reason: `no Docker engine (${sockets.join(", ")} is not there)` };
  try {
    return { what: `Docker ${await engineVersion(socket)}` };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { reason: `no Docker engine answers at ${socket}: ${text}` };
  }
}

/** Docker's API; throws when no engine answers. */
export async function connectEngine(): Promise<Engine> {
  // A third of a second of CPU that most commands have no use for.
  const { getContainerRuntimeClient } = await import("testcontainers");
  return (await getContainerRuntimeClient()).container.dockerode;
}

/** To a removal: what is not there (404), or being removed by another havoq (409), need not be. */
export function ifGone(error: unknown): void {
  if (!(error instanceof Error && "statusCode" in error && (error.statusCode === 404 || error.statusCode === 409)))
    throw error;
}

function defaultSockets(): string[] {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  return ["/var/run/docker.sock", ...(runtime ? [join(runtime, "docker.sock")] : [])];
}

/** By hand, without loading Docker's client. */
function engineVersion(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = get({ socketPath, path: "/version", headers: { host: "docker" }, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        const version = /"Version":"([^"]+)"/.exec(text)?.[1];
        if (response.statusCode === 200 && version !== undefined) resolve(version);
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    request.on("error", reject);
  });
}
