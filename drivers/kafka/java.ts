import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { classArchive, type KafkaHome } from "./home.js";

const run = promisify(execFile);

const LOG_CONFIGURATION = `
appender.console.type = Console
appender.console.name = STDOUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = WARN
rootLogger.appenderRef.console.ref = STDOUT
`;
/** The flags of Kafka's own start script. */
const COLLECTOR = ["-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35"];
const FIRST_HEAP = "-Xms256m";

/** How the server of a directory that was made ready is run. */
export interface JavaRequest {
  readonly java: string;
  readonly home: KafkaHome;
  readonly dir: string;
  readonly heap: string;
}

/** Arguments of `java` for the server; the class path is relative to the directory, as the class archive wants it. */
export function serverArguments({ home, dir, heap }: JavaRequest, more: readonly string[] = []): string[] {
  const archive = classArchive(home);
  return [
    ...[FIRST_HEAP, `-Xmx${heap}`, ...COLLECTOR, "-Djava.awt.headless=true"],
    `-Dlog4j2.configurationFile=${join(dir, "log4j2.properties")}`,
    ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    ...more,
    ...["-cp", "libs/*", "kafka.Kafka", join(dir, "server.properties")],
  ];
}

/** Writes the configuration, and formats the storage if that was not done; throws with what Kafka says. */
export async function prepareDirectory(
  { java, home, dir }: Omit<JavaRequest, "heap">,
  properties: string,
  cluster: string,
): Promise<void> {
  const libs = join(dir, "libs");
  if (!existsSync(libs)) symlinkSync(join(home.directory, "libs"), libs);
  writeFileSync(join(dir, "log4j2.properties"), LOG_CONFIGURATION);
  const file = join(dir, "server.properties");
  writeFileSync(file, properties);
  if (existsSync(join(dir, "data", "meta.properties"))) return;
  const tool = ["kafka.tools.StorageTool", "format", "-t", clusterId(cluster), "-c", file];
  const archive = classArchive(home);
  const shared = existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [];
  await run(java, ["-XX:TieredStopAtLevel=1", ...shared, "-cp", "libs/*", ...tool], { cwd: dir });
}

/** All nodes of a cluster are formatted with the same id, which they can each compute. */
export function clusterId(cluster: string): string {
  const id = createHash("sha256").update(cluster).digest().subarray(0, 16);
  // Or one in 64 would begin with a dash, and the format tool take it for an option.
  id.writeUInt8(id.readUInt8() & 0x7f);
  return id.toString("base64url");
}
