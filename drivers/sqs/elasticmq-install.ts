import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { freePort } from "../../src/hosts/ports.js";
import { packageFile } from "../../src/package.js";
import type { Endpoint, Installation } from "../../src/spi/broker.js";
import { copyDependencies, findJava } from "../shared/maven.js";
import { sqsClient } from "./client.js";
import { ARCHIVE, elasticmqProcess } from "./elasticmq.js";
import { serverAt } from "./server-at.js";

const DEADLINE_MS = 60_000;
const PROBE_INTERVAL_MS = 100;

/** Fetches ElasticMQ and what it needs from Maven Central. */
export const installElasticmq: Installation = {
  what: "ElasticMQ 1.7.1 from Maven Central (needs Java and Maven; 90 MB)",
  async run(dir, say) {
    await copyDependencies({ pom: packageFile("docker/elasticmq/pom.xml"), into: join(dir, "libs"), say });
    say("Java writes down what it loads, for a faster start");
    await archive(dir).catch((error: unknown) => {
      rmSync(join(dir, ARCHIVE), { force: true });
      say(`it did not, so that a start takes longer: ${error instanceof Error ? error.message : String(error)}`);
    });
  },
};

/** Runs the server once, has it do what servers do, and lets Java write the archive as it ends. */
async function archive(home: string): Promise<void> {
  const java = await findJava();
  if ("reason" in java) throw new Error(java.reason);
  const dir = join(home, "once");
  mkdirSync(dir);
  const port = await freePort();
  const request = { java: java.path, home, dir, port, persistent: true, writeDelayMs: 0 };
  const { file, args } = await elasticmqProcess(request, [`-XX:ArchiveClassesAtExit=${join(home, ARCHIVE)}`]);
  const child = spawn(file, args, { cwd: dir, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  try {
    await exercise(child, { host: "127.0.0.1", port });
    child.kill("SIGTERM");
    await ended;
  } finally {
    child.kill("SIGKILL");
    await ended;
    clearTimeout(timer);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function exercise(child: ChildProcess, endpoint: Endpoint): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error("the server ended before it was ready");
    if (await serverAt(endpoint).catch(() => null)) break;
    await sleep(PROBE_INTERVAL_MS);
  }
  const client = sqsClient({ endpoint, sockets: 1, attempts: 1 });
  try {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: "once" }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "once" }));
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  } finally {
    client.destroy();
  }
}
