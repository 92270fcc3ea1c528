import { get } from "node:http";
import type { Endpoint } from "../../src/spi/broker.js";

/** Gets a JSON document over a connection of its own; throws when there is no answer in time. */
export function getJson(
  { host, port }: Endpoint,
  path: string,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        try {
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
          resolve({ status: response.statusCode ?? 0, body });
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on("error", reject);
  });
}
