import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { redisRecipe } from "../../dist/drivers/redis/server.js";

const READY_DEADLINE_MS = 10_000;

/**
 * Runs `use` with a private Redis on loopback that keeps nothing on disk; answers `null` when there is no server
 * program on this machine.
 * @template T
 * @param {string} directory An existing directory of its own.
 * @param {(server: { pid: number, endpoint: import("../../dist/src/spi/broker.js").Endpoint, version: string }) => Promise<T>} use
 * @returns {Promise<T | null>}
 */
export async function withRedis(directory, use) {
  const located = await redisRecipe.locate("local");
  if (!located.found) return null;
  const endpoint = { host: "127.0.0.1", port: await freePort() };
  const settings = redisRecipe.settings.parse({ save: "" });
  const { file, args } = await redisRecipe.launch({ dir: directory, port: endpoint.port, settings, located });
  const server = spawn(file, args, { cwd: directory, stdio: "ignore" });
  const ended = once(server, "exit");
  try {
    return await use({ pid: server.pid ?? -1, endpoint, version: await untilReady(endpoint) });
  } finally {
    server.kill("SIGKILL");
    await ended;
  }
}

/** @returns {Promise<number>} A port of loopback that was free a moment ago. */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no loopback port");
  return address.port;
}

/** @param {import("../../dist/src/spi/broker.js").Endpoint} endpoint */
async function untilReady(endpoint) {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    try {
      return await redisRecipe.probe(endpoint);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
