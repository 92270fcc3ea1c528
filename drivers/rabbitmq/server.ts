import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
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
import { durationOf, durationText } from "../shared/duration.js";
import { findProgram } from "../shared/find-program.js";
import { dial } from "./amqplib.js";
import { rabbitRefusal } from "./refusal.js";

const SIZE = /^\d+([kMG]i?B)?$/;
const sizeText = z.string().regex(SIZE, 'expected a size as in rabbitmq.conf, such as "512MB"').optional();

const settings = z.strictObject({
  memoryHighWatermark: sizeText.describe(
    'memory from which on publishers are blocked, such as "512MB"; RabbitMQ\'s own (40 %) when not given',
  ),
  diskFreeLimit: sizeText.describe(
    'free disk space below which publishers are blocked, such as "1GB"; RabbitMQ\'s own (50MB) when not given',
  ),
  heartbeat: durationText({ min: 1000, step: 1000 })
    .default("60s")
    .describe("longest heartbeat that clients may ask for; whole seconds"),
  consumerTimeout: durationText({ min: 1000, step: 1 })
    .default("30min")
    .describe("a channel that leaves a delivery unsettled for so long is closed"),
  channelTick: durationText({ min: 100, step: 1 })
    .default("60s")
    .describe("how often channels are looked at for consumerTimeout"),
  channelMax: z.int().min(1).max(65_535).default(2047).describe("channels on one connection"),
  schedulers: z.int().min(1).max(1024).optional().describe("threads of the Erlang VM; one per CPU when not given"),
});
/** What `target.broker` says of RabbitMQ, as its schema gives it back. */
export type RabbitSettings = z.infer<typeof settings>;

const PROBE_TIMEOUT_MS = 1000;
const NODE = "havoq@localhost";

/** How RabbitMQ is found, started and known to be ready. */
export const rabbitRecipe: BrokerRecipe<RabbitSettings> = {
  name: "rabbitmq",
  settings,
  durability: () => ({ confirmedIn: null, words: "decided by the queue: see the driver's options" }),
  server: {
    probe,
    refusal: rabbitRefusal,
    url: {
      ports: { amqp: 5672, amqps: 5671 },
      path: {
        what: "the name of a virtual host",
        pattern: /./,
        hint: 'leave the "/" out for the default virtual host; a "/" in a name is %2F',
        mayBeEmpty: false,
      },
      credentials: true,
    },
    extraPorts: ["dist", "epmd"],
  },
  process: { hosts: ["local"], locate, launch },
  container: { image: "rabbitmq:3.13.7", describe },
};

/** Debian's /usr/sbin/rabbitmq-server is a wrapper that changes the user; the script behind it does not. */
async function locate(): Promise<Located | Missing> {
  const found = await findProgram({
    programs: ["rabbitmq-server"],
    homeVariable: "HAVOQ_RABBITMQ_HOME",
    foldersFirst: ["/usr/lib/rabbitmq/bin"],
  });
  if ("reason" in found) return { found: false, reason: found.reason, hint: "apt-get install rabbitmq-server" };
  return { found: true, what: found.path, executable: found.path };
}

async function launch({
  dir,
  node,
  nodes,
  port,
  settings,
  located,
}: LaunchRequest<RabbitSettings>): Promise<LaunchSpec> {
  const files = await writeFiles(dir, port, settings);
  const { dist = 0, epmd = 0 } = nodes[node]?.extra ?? {};
  return {
    file: located.executable,
    args: [],
    env: {
      ...files,
      RABBITMQ_NODENAME: NODE,
      RABBITMQ_DIST_PORT: String(dist),
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      RABBITMQ_CONF_ENV_FILE: "/dev/null",
      RABBITMQ_LOGS: "-",
      ERL_CRASH_DUMP_SECONDS: "0",
      // Its syslog client, which is idle, opens a UDP socket on all addresses otherwise.
      ...vmEnvironment(
        settings,
        " -kernel inet_dist_use_interface {127,0,0,1} -syslog protocol {rfc3164,standard_error}",
      ),
    },
  };
}

/** Writes the configuration and answers with the variables that lead RabbitMQ to it. */
async function writeFiles(dir: string, port: number, settings: RabbitSettings): Promise<Record<string, string>> {
  const home = join(dir, "home");
  await mkdir(home, { recursive: true });
  const cookie = join(home, ".erlang.cookie");
  const hasCookie = await access(cookie).then(
    () => true,
    () => false,
  );
  // Erlang refuses a cookie that others can read. The port it guards is a loopback one.
  if (!hasCookie) await writeFile(cookie, `havoq${port}`, { mode: 0o400 });
  const config = join(dir, "rabbitmq.conf");
  const advanced = join(dir, "advanced.config");
  const plugins = join(dir, "enabled_plugins");
  await writeFile(config, configuration(`127.0.0.1:${port}`, settings));
  await writeFile(advanced, advancedConfiguration(settings));
  await writeFile(plugins, "[].\n");
  return {
    HOME: home,
    RABBITMQ_MNESIA_BASE: join(dir, "mnesia"),
    RABBITMQ_LOG_BASE: join(dir, "log"),
    RABBITMQ_GENERATED_CONFIG_DIR: join(dir, "config"),
    RABBITMQ_SCHEMA_DIR: join(dir, "schema"),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ADVANCED_CONFIG_FILE: advanced,
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
  };
}

/** A volume belongs to root at first; RabbitMQ's own image hands it over to its user, and runs as that. */
function describe({ ports, settings }: ContainerRequest<RabbitSettings>): ContainerSpec {
  const config = "/etc/rabbitmq/havoq.conf";
  const advanced = "/etc/rabbitmq/havoq.config";
  return {
    command: ["rabbitmq-server"],
    files: {
      // Whoever connects is not on the container's loopback.
      [config]: `${configuration(`0.0.0.0:${ports.client}`, settings)}loopback_users = none\n`,
      [advanced]: advancedConfiguration(settings),
    },
    env: {
      RABBITMQ_NODENAME: NODE,
      RABBITMQ_CONFIG_FILE: config,
      RABBITMQ_ADVANCED_CONFIG_FILE: advanced,
      RABBITMQ_LOGS: "-",
      ...vmEnvironment(settings, ""),
    },
    data: "/var/lib/rabbitmq",
  };
}

/** Makes the script become the Erlang VM, so that its pid is the broker's and SIGTERM a clean stop. */
function vmEnvironment({ schedulers }: RabbitSettings, more: string): Record<string, string> {
  const threads = schedulers === undefined ? "" : ` +S ${schedulers}:${schedulers}`;
  return {
    RABBITMQ_ALLOW_INPUT: "true",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-noinput${threads}${more}`,
  };
}

function configuration(listen: string, settings: RabbitSettings): string {
  const { memoryHighWatermark, diskFreeLimit, heartbeat, consumerTimeout, channelMax } = settings;
  const lines = [
    `listeners.tcp.1 = ${listen}`,
    `heartbeat = ${durationOf(heartbeat) / 1000}`,
    `consumer_timeout = ${durationOf(consumerTimeout)}`,
    `channel_max = ${channelMax}`,
    ...(memoryHighWatermark === undefined ? [] : [`vm_memory_high_watermark.absolute = ${memoryHighWatermark}`]),
    ...(diskFreeLimit === undefined ? [] : [`disk_free_limit.absolute = ${diskFreeLimit}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** What rabbitmq.conf has no word for, in Erlang's. */
const advancedConfiguration = ({ channelTick }: RabbitSettings): string =>
  `[{rabbit, [{channel_tick_interval, ${durationOf(channelTick)}}]}].\n`;

/** The greeting of an AMQP connection names the server; RabbitMQ listens only when its queues are back. */
async function probe(endpoint: Endpoint): Promise<string> {
  const { model, cut } = await dial(endpoint, 0, PROBE_TIMEOUT_MS);
  model.on("error", () => {});
  try {
    const { product, version } = model.connection.serverProperties;
    return `${product} ${version}`;
  } finally {
    await model.close().catch(() => {});
    cut();
  }
}
