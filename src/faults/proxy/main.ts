/** The fault proxy as a process: commands on stdin, answers on stdout; it ends with its stdin, so with havoq. */
import { createInterface } from "node:readline";
import { Session } from "./session.js";

const session = new Session((message) => process.stdout.write(`${JSON.stringify(message)}\n`));

async function end(): Promise<never> {
  await session.close();
  process.exit(0);
}

// Ctrl-C reaches the whole process group, but clients still need the way to the broker until havoq has drained.
process.on("SIGINT", () => {});
process.stdout.on("error", end);

const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
lines.on("line", async (line) => {
  if ((await session.handle(line)) === "bye") await end();
});
lines.on("close", end);
