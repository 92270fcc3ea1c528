import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../src/hosts/ports.js";
import { packageFile } from "../../src/package.js";
import type { Installation } from "../../src/spi/broker.js";
import { aptGet, copyDependencies } from "../shared/maven.js";
import { classArchive, findKafkasJava, type KafkaHome, kafkaIn } from "./home.js";
import { prepareDirectory, serverArguments } from "./java.js";
import { kafkaSettings, serverProperties } from "./settings.js";

const START_DEADLINE_MS = 60_000;
const END_DEADLINE_MS = 60_000;

/** What `havoq install kafka` does: Maven brings Kafka's jars, and one start makes an archive of their classes. */
export const installKafka: Installation = {
  what: "Apache Kafka, from Maven's repositories (45 MB), with an archive of its classes (50 MB)",
  async run(dir, say) {
    await copyDependencies({ pom: packageFile("docker/kafka/pom.xml"), into: join(dir, "libs"), say });
    const java = await findKafkasJava();
    if ("reason" in java) throw new Error(`${java.reason}; get it with: ${aptGet("java")}`);
    const home = kafkaIn(dir);
    if (!home) throw new Error("Maven brought no kafka jar");
    say(`Kafka ${home.version}; it is started once, so that it starts faster from then on...`);
    await makeClassArchive(java.path, home).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      say(`without that: ${text} (it runs all the same, and takes 1 to 2 s longer to start)`);
    });
  },
};

/** Starts a server, and ends it in good order: that is when Java writes the archive. */
async function makeClassArchive(java: string, home: KafkaHome): Promise<void> {
  const dir = mkdtempSync(join(home.directory, "first-start-"));
  try {
    const [port, controllerPort] = [await freePort(), await freePort()];
    const place = { dir, id: 1, port, controllerPort, controllers: [{ id: 1, port: controllerPort }], sides: null };
    await prepareDirectory({ java, home, dir }, serverProperties(kafkaSettings.parse({}), place), dir);
    const request = { java, home, dir, heap: "512m" };
    const args = serverArguments(request, [`-XX:ArchiveClassesAtExit=${classArchive(home)}`]);
    const child = spawn(java, args, { cwd: dir, stdio: "ignore" });
    const exited = once(child, "exit");
    try {
      await untilListening(port);
    } finally {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), END_DEADLINE_MS);
      await exited;
      clearTimeout(late);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function untilListening(port: number): Promise<void> {
  const until = performance.now() + START_DEADLINE_MS;
  while (!(await answers(port))) {
    if (performance.now() > until) throw new Error(`Kafka did not start within ${START_DEADLINE_MS / 1000} s`);
    await sleep(100);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
