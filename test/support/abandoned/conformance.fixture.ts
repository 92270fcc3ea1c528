import { writeFileSync } from "node:fs";
import { it } from "vitest";
import { loadDriver } from "../../../drivers/index.js";
import { startBroker } from "../../conformance/bench.js";

it("opens a broker and goes on for ever", async () => {
  await using broker = await startBroker(await loadDriver("postgres"));
  writeFileSync(process.env["ABANDONED"] ?? "", String(broker.pid));
  await new Promise(() => {});
});
