import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import type { Consumer, ConsumerContext, Deliver } from "../../../src/spi/driver.js";
import type { Program } from "../../../src/spi/framework.js";
import { sleep } from "../../../src/time.js";
import { ProgramProcess } from "./program-process.js";
import { WorkFolder } from "./work-folder.js";

const wordSchema = z.union([
  z.object({ payload: z.string(), redelivered: z.boolean().nullable() }),
  z.object({ ended: z.enum(["completed", "failed"]) }),
]);

/** A handler may take as long as it likes here. */
const STOP_DEADLINE_MS = 60_000;
const RESTART_MS = 200;

/**
 * A framework's worker whose handlers are here: each delivery comes over a socket, and its outcome goes back. A run does
 * without (the SDK writes the records where the handler runs); the conformance suite tries a driver by it.
 */
export async function bridgeConsumer<Options>(
  makeProgram: (context: ConsumerContext<Options>) => Promise<Program>,
  context: ConsumerContext<Options>,
  deliver: Deliver,
): Promise<Consumer> {
  const program = await makeProgram(context);
  const root = mkdtempSync(join(tmpdir(), "havoq-bridge-"));
  const bridge = join(root, "socket");
  const server = await listen(bridge, deliver);
  const { runId, endpoint, concurrency, workerId } = context;
  const config = { recordFile: "", endpoint, concurrency, workerId };
  let incarnation = 0;
  const start = () => {
    const work = { runId, seed: 0, index: 0, incarnation, options: program.options, worker: config, bridge };
    const folder = new WorkFolder(join(root, `worker-${incarnation}`), work);
    incarnation += 1;
    folder.start(process.hrtime.bigint());
    return new ProgramProcess(program, folder, (told) => {
      if (told.type === "clientError") context.onClientError(new Error(told.text));
    });
  };
  let worker = start();
  let over = false;
  /** As a run does, and whoever runs a worker in production. */
  const keepRunning = async () => {
    for (;;) {
      await worker.exited;
      if (over) return;
      await sleep(RESTART_MS);
      if (!over) worker = start();
    }
  };
  const close = async () => {
    over = true;
    worker.kill();
    await worker.exited;
    server.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await worker.ready();
  } catch (error) {
    await close();
    throw error;
  }
  void keepRunning();
  return {
    async stop() {
      over = true;
      await worker.stop(STOP_DEADLINE_MS);
    },
    close,
  };
}

async function listen(path: string, deliver: Deliver): Promise<Server> {
  const server = createServer((socket) => converse(socket, deliver));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return server;
}

/** One delivery: its payload comes, its outcome goes, and its end is told. */
function converse(socket: Socket, deliver: Deliver): void {
  let ended = () => {};
  let gone = () => {};
  const end = new Promise<void>((resolve, reject) => {
    ended = resolve;
    gone = () => reject(new Error("the handler's process is gone"));
  });
  end.catch(() => {});
  socket.on("error", () => {});
  socket.on("close", () => gone());
  const lines = createInterface({ input: socket });
  // Those of the socket, once more.
  lines.on("error", () => {});
  lines.on("line", (line) => {
    const word = wordSchema.parse(JSON.parse(line));
    if ("ended" in word) {
      ended();
      return;
    }
    const delivered = deliver({
      payload: Buffer.from(word.payload, "base64"),
      redelivered: word.redelivered ?? undefined,
      settle: async (outcome) => {
        socket.write(`${JSON.stringify({ outcome })}\n`);
        await end;
      },
    });
    // Its process was killed, and there is nobody to tell.
    delivered.catch(() => {});
  });
}
