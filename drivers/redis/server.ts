import type {
  BrokerRecipe,
  ContainerRequest,
  ContainerSpec,
  Endpoint,
  LaunchRequest,
  LaunchSpec,
  Located,
  Missing,
} from "../../src/spi/broker.js";
import { findProgram } from "../shared/find-program.js";
import { askDirectly } from "./direct.js";
import { redisRefusal } from "./refusal.js";
import { assembled } from "./sentinel.js";
import { sentinelArguments } from "./sentinel-launch.js";
import { SENTINELS, SERVERS } from "./sentinel-nodes.js";
import { durability, type Settings, serverConfig, settings } from "./server-settings.js";

const CONTAINER_DATA = "/data";

/** How Redis (or Valkey) is found, started and known to be ready; alone, or as a pair with sentinels. */
export const redisRecipe: BrokerRecipe<Settings> = {
  name: "redis",
  settings,
  durability,
  server: {
    probe,
    refusal: redisRefusal,
    url: {
      ports: { redis: 6379, rediss: 6379 },
      path: { what: "the number of a database", pattern: /^\d{1,9}$/, hint: "such as redis://127.0.0.1:6379/1" },
      credentials: true,
    },
    cluster: { nodes: ({ sentinel }) => (sentinel ? [...SERVERS, ...SENTINELS] : ["broker"]), assembled },
  },
  process: { hosts: ["local"], locate, launch },
  container: { image: "redis:7.4.2", describe },
};

async function launch(request: LaunchRequest<Settings>): Promise<LaunchSpec> {
  const { dir, port, settings, located } = request;
  const args = settings.sentinel
    ? await sentinelArguments(request)
    : serverConfig(dir, port, settings).flatMap(([name, value]) => [`--${name}`, value]);
  return { file: located.executable, args, env: {} };
}

function describe({ ports, settings }: ContainerRequest<Settings>): ContainerSpec {
  // A later value of a directive replaces the one before.
  const open = [...serverConfig(CONTAINER_DATA, ports.client, settings), ["bind", "0.0.0.0"], ["protected-mode", "no"]];
  return {
    command: ["redis-server", ...open.flatMap(([name = "", value = ""]) => [`--${name}`, value])],
    data: CONTAINER_DATA,
  };
}

async function locate(): Promise<Located | Missing> {
  const search = { programs: ["redis-server", "valkey-server"], homeVariable: "HAVOQ_REDIS_HOME" };
  const found = await findProgram(search);
  if ("reason" in found) return { found: false, reason: found.reason, hint: "apt-get install redis-server" };
  return { found: true, what: found.path, executable: found.path };
}

/** PING answers an error while the data is still being loaded. */
async function probe(endpoint: Endpoint): Promise<string> {
  return askDirectly(endpoint, async (client) => {
    await client.ping();
    // ioredis goes on in database 0 where the server refuses another one.
    const { db } = client.options;
    if (db !== undefined && db !== 0) await client.select(db);
    return versionIn(await client.info("server"));
  });
}

function versionIn(info: string): string {
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
  if (valkey) return `Valkey ${valkey}`;
  return `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? "of unknown version"}`;
}
