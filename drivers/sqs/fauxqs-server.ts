/** The embedded SQS: fauxqs on loopback, quiet, in memory. Run as `node fauxqs-server.js --port N`. */
import { parseArgs } from "node:util";
import { buildApp } from "fauxqs";

const { values } = parseArgs({ options: { port: { type: "string" } } });
const app = buildApp({ logger: false });

process.once("SIGTERM", () => void app.close().then(() => process.exit(0)));

try {
  await app.listen({ host: "127.0.0.1", port: Number(values.port) });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
