import { existsSync, readdirSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installed } from "../../src/hosts/cache.js";
import type {
  ContainerRequest,
  ContainerSpec,
  LaunchRequest,
  LaunchSpec,
  Located,
  Missing,
} from "../../src/spi/broker.js";
import { durationOf } from "../shared/duration.js";
import { aptGet, findJava, installHint } from "../shared/maven.js";

/** What one ElasticMQ process is started with. */
export interface ElasticmqProcess {
  /** Path of the program. */
  readonly java: string;
  /** Directory that holds `libs`, and perhaps an archive of Java's for a faster start. */
  readonly home: string;
  /** Working directory of the process; its files go here. */
  readonly dir: string;
  readonly port: number;
  readonly persistent: boolean;
  readonly writeDelayMs: number;
}

const CONTAINER_DATA = "/data";
const HOME_VARIABLE = "HAVOQ_ELASTICMQ_HOME";
const SERVER_JAR = /^elasticmq-server_[\d.]+-(.+)\.jar$/;
/** The serial collector and the first compiler alone: ready after 4.3 s of processor time instead of 7. */
const JAVA_FLAGS = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
/** Loaded classes, as Java writes them down: after 1.7 s. Java passes over an archive that does not fit. */
export const ARCHIVE = "startup.jsa";

/** Finds ElasticMQ and the Java that runs it. */
export async function locateElasticmq(): Promise<Located | Missing> {
  const version = elasticmqVersion();
  if (version === null) {
    const named = process.env[HOME_VARIABLE];
    const place = named ? `in ${HOME_VARIABLE} (${join(named, "libs")})` : "in havoq's cache";
    return { found: false, reason: `no ElasticMQ ${place}`, hint: await installHint("elasticmq") };
  }
  const java = await findJava();
  if ("reason" in java) return { found: false, reason: java.reason, hint: aptGet("java") };
  const name = `ElasticMQ ${version}`;
  return { found: true, what: `${name} (${home()})`, executable: java.path, version: name };
}

/** What ElasticMQ keeps, and how soon. */
interface StoreSettings {
  readonly persistent?: boolean | undefined;
  readonly writeDelay: string;
}

/** ElasticMQ as its image is called. */
export function describeElasticmq({ ports, settings }: ContainerRequest<StoreSettings>): ContainerSpec {
  const { persistent = true, writeDelay } = settings;
  const file = "/etc/havoq/elasticmq.conf";
  const place = { dir: CONTAINER_DATA, port: ports.client, bind: "0.0.0.0" };
  return {
    command: [`-Dconfig.file=${file}`],
    files: { [file]: configuration({ ...place, persistent, writeDelayMs: durationOf(writeDelay) }) },
    // The image's own user may not write to a new volume.
    user: "0",
    data: CONTAINER_DATA,
  };
}

/** How to start ElasticMQ for a run. */
export async function launchElasticmq({
  dir,
  port,
  located,
  settings: { persistent = true, writeDelay },
}: LaunchRequest<StoreSettings>): Promise<LaunchSpec> {
  const request = {
    dir,
    port,
    persistent,
    java: located.executable,
    home: home(),
    writeDelayMs: durationOf(writeDelay),
  };
  return elasticmqProcess(request, [`-XX:SharedArchiveFile=${join(home(), ARCHIVE)}`]);
}

/** Writes the server's configuration and tells how to start it, in `dir`. */
export async function elasticmqProcess(request: ElasticmqProcess, flags: readonly string[]): Promise<LaunchSpec> {
  const { java, dir } = request;
  const file = join(dir, "elasticmq.conf");
  await writeFile(file, configuration({ ...request, bind: "127.0.0.1" }));
  // By a path that is the same wherever ElasticMQ is: Java's archive is for one class path.
  if (!existsSync(join(dir, "libs"))) await symlink(join(request.home, "libs"), join(dir, "libs"));
  const args = [...JAVA_FLAGS, ...flags, "-cp", "libs/*", `-Dconfig.file=${file}`, "org.elasticmq.server.Main"];
  return { file: java, args, env: {} };
}

type Configured = Pick<ElasticmqProcess, "dir" | "port" | "persistent" | "writeDelayMs">;

function configuration({ dir, port, bind, persistent, writeDelayMs }: Configured & { bind: string }): string {
  // The queues themselves are kept in it too; `;` begins H2's own settings.
  const uri = `jdbc:h2:file:${join(dir, "messages")};WRITE_DELAY=${writeDelayMs}`;
  const config = {
    "node-address": { protocol: "http", host: "127.0.0.1", port, "context-path": "" },
    "generate-node-address": false,
    "rest-sqs": { enabled: true, "bind-hostname": bind, "bind-port": port, "sqs-limits": "strict" },
    // Of versions that have it: a second server, which nothing here needs.
    "rest-stats": { enabled: false },
    "messages-storage": { enabled: persistent, "driver-class": "org.h2.Driver", username: "", password: "", uri },
    // Its DEBUG costs time for each message and is thrown away by the logger.
    pekko: { loglevel: "INFO" },
  };
  // JSON is HOCON too.
  return `include classpath("application.conf")\n${JSON.stringify(config).slice(1, -1)}\n`;
}

/** Version of the ElasticMQ found, `null` when there is none. */
function elasticmqVersion(): string | null {
  const libs = join(home(), "libs");
  if (!existsSync(libs)) return null;
  return readdirSync(libs).flatMap((name) => SERVER_JAR.exec(name)?.slice(1) ?? [])[0] ?? null;
}

const home = (): string => process.env[HOME_VARIABLE] || (installed("elasticmq") ?? "/nonexistent");
