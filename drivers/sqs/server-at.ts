import { get } from "node:http";
import type { Endpoint } from "../../src/spi/broker.js";

const TIMEOUT_MS = 1000;

/** Which of the servers that havoq starts answers at an address; throws when none does. */
export async function serverAt(endpoint: Endpoint): Promise<"fauxqs" | "elasticmq"> {
  const { status, text } = await getText(endpoint, "/health", TIMEOUT_MS);
  if (status !== 200) throw new Error(`/health was answered with status ${status}`);
  // fauxqs answers in JSON.
  return text === "OK" ? "elasticmq" : "fauxqs";
}

/** Gets a document over a connection of its own; throws when there is no answer in time. */
export function getText(
  { host, port }: Endpoint,
  path: string,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    request.on("error", reject);
  });
}
