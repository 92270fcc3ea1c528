import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { loadDriver } from "../../drivers/index.js";
import { reachExternal } from "../../src/hosts/external.js";
import { freePort } from "../../src/hosts/ports.js";
import type { BrokerRecipe } from "../../src/spi/broker.js";
import { needs } from "../support/systems.js";

async function recipeOf(name: string): Promise<BrokerRecipe> {
  const { broker } = await loadDriver(name);
  if (!broker) throw new Error(`${name} has no broker`);
  return broker;
}

const canListen = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });

/** Where a server listens: on IPv6 where this machine has it. */
const HOST = (await canListen("::1")) ? "::1" : "127.0.0.1";
const IN_URL = HOST === "::1" ? "[::1]" : HOST;

describe("a broker that others run", () => {
  let folder: string;
  let server: ChildProcess;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "havoq-test-"));
  });
  afterEach(() => {
    server.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** What its recipe says of it, once it has come up. */
  async function reached(recipe: BrokerRecipe, url: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await reachExternal(recipe, url, { logFile: "" })).version;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (!/ECONNREFUSED|connection refused/i.test(text) || attempt === 500) return text;
        await sleep(20);
      }
    }
  }

  needs("redis", "is Redis on IPv6, whose databases are used as far as it has them", async () => {
    const port = await freePort();
    server = spawn("redis-server", [
      "--port",
      String(port),
      "--bind",
      HOST,
      "--save",
      "",
      "--dir",
      folder,
      "--databases",
      "20",
    ]);
    const redis = await recipeOf("redis-list");
    expect(await reached(redis, `redis://${IN_URL}:${port}`)).toMatch(/^Redis \d/);
    expect(await reached(redis, `redis://${IN_URL}:${port}/19`)).toMatch(/^Redis \d/);
    expect(await reached(redis, `redis://${IN_URL}:${port}/20`)).toBe(
      `redis at ${IN_URL}:${port} refuses: ERR DB index is out of range`,
    );
  });

  needs("nats", "is NATS on IPv6", async () => {
    const port = await freePort();
    server = spawn("nats-server", ["-a", HOST, "-p", String(port), "-js", "-sd", folder]);
    expect(await reached(await recipeOf("nats-jetstream"), `nats://${IN_URL}:${port}`)).toMatch(/^NATS \d/);
  });
});
