import { writeFileSync } from "node:fs";
import { it } from "vitest";
import { commandName } from "../../../src/os/processes.js";
import { until, Workplace } from "../cli.js";

const SCENARIO = `name: long
target: { driver: redis-list, host: local }
load: { rate: 10/s }
phases: { baseline: 10min }
`;

it("runs a scenario and goes on for ever", async () => {
  using place = new Workplace();
  place.start(["run", place.file("long.yaml", SCENARIO), "--out", place.out]);
  const brokers = () => place.leftovers().filter((pid) => commandName(pid) === "redis-server");
  await until("a broker runs", () => brokers().length > 0);
  writeFileSync(process.env["ABANDONED"] ?? "", String(brokers()[0]));
  await new Promise(() => {});
});
