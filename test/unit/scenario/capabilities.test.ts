import { expect, it } from "vitest";
import { loadDriver } from "../../../drivers/index.js";
import { checkCapabilities } from "../../../src/scenario/capabilities.js";
import { resolved, withFaults } from "./helpers.js";

it.each([
  ["slow: worker, by: 5ms, for: 1s", "slow"],
  ["block: worker, for: 1s", "block"],
  ["hang: worker, for: 1s", "hang"],
  ["kill: producer", "kill"],
])("a driver without processes of its own is asked for no { %s }", async (fault, action) => {
  const scenario = resolved(withFaults(`at: chaos, ${fault}`));
  const inProcess = checkCapabilities(scenario, await loadDriver("memory"));
  expect(inProcess.map(({ path, message }) => [path, message])).toEqual([
    [["faults", 0], expect.stringMatching(`one process with the queue; there is none to ${action}$`)],
  ]);
  expect(checkCapabilities(scenario, await loadDriver("redis-list"))).toEqual([]);
});

it("a transaction is held open where there are some", async () => {
  const scenario = resolved(withFaults("at: chaos, hold: transaction, for: 1s"));
  expect(checkCapabilities(scenario, await loadDriver("redis-list"))).toEqual([
    { path: ["faults", 0], message: "driver redis-list has no transaction that could be held open" },
  ]);
  expect(checkCapabilities(scenario, await loadDriver("postgres"))).toEqual([]);
});
