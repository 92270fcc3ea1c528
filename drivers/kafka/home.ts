import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { installed } from "../../src/hosts/cache.js";
import type { Located, Missing } from "../../src/spi/broker.js";
import { aptGet, findJava, installHint } from "../shared/maven.js";

const run = promisify(execFile);

const OLDEST_JAVA = 17;
const HOME_VARIABLES = ["KAFKA_HOME", "HAVOQ_KAFKA_HOME"] as const;
const KAFKA_JAR = /^kafka_[\d.]+-(\d[\w.-]*)\.jar$/;

/** A Kafka on this machine. */
export interface KafkaHome {
  /** Holds `libs`, and the class archive of `havoq install` if there is one. */
  readonly directory: string;
  readonly version: string;
}

/** The archive of loaded classes that `havoq install` makes; it halves the time that a start takes. */
export const classArchive = ({ directory }: KafkaHome): string => join(directory, "havoq.jsa");

/** A Kafka in a directory with `libs`; `null` when there is none. */
export function kafkaIn(directory: string): KafkaHome | null {
  const libs = join(directory, "libs");
  if (!existsSync(libs)) return null;
  const jar = readdirSync(libs).find((name) => KAFKA_JAR.test(name));
  return jar === undefined ? null : { directory, version: KAFKA_JAR.exec(jar)?.[1] ?? "" };
}

/** The Kafka to run: of KAFKA_HOME, of HAVOQ_KAFKA_HOME, or the installed one; or a sentence that says why there is none. */
export function findKafka(): KafkaHome | { readonly reason: string } {
  for (const variable of HOME_VARIABLES) {
    const directory = process.env[variable];
    if (directory) return kafkaIn(directory) ?? { reason: `no Kafka in ${variable} (${join(directory, "libs")})` };
  }
  const directory = installed("kafka");
  const found = directory === null ? null : kafkaIn(directory);
  return found ?? { reason: `neither ${HOME_VARIABLES.join(" nor ")} is set, and Kafka is not installed` };
}

/** Path of a Java that can run Kafka, or a sentence that says why there is none. */
export async function findKafkasJava(): Promise<{ readonly path: string } | { readonly reason: string }> {
  const found = await findJava();
  if ("reason" in found) return found;
  const version = await javaVersion(found.path);
  return version >= OLDEST_JAVA
    ? found
    : { reason: `Kafka needs Java ${OLDEST_JAVA}, and ${found.path} is Java ${version}` };
}

async function javaVersion(java: string): Promise<number> {
  const { stderr } = await run(java, ["-version"]);
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
}

/** Finds Java and Kafka for the local host; the executable is Java's. */
export async function locateKafka(): Promise<Located | Missing> {
  const java = await findKafkasJava();
  const kafka = findKafka();
  if ("reason" in kafka) return { found: false, reason: kafka.reason, hint: await installHint("kafka") };
  if ("reason" in java) return { found: false, reason: java.reason, hint: aptGet("java") };
  const version = `Kafka ${kafka.version}`;
  return { found: true, what: `${version} in ${kafka.directory}`, executable: java.path, version };
}
