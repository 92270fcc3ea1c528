import { expect, it } from "vitest";
import { loadDriver } from "../../../drivers/index.js";
import { checkCapabilities } from "../../../src/scenario/capabilities.js";
import type { Scenario } from "../../../src/scenario/scenario.js";
import { traitsOf } from "../../support/traits.js";
import { resolved, withFaults } from "./helpers.js";

async function findings(scenario: Scenario, name: string) {
  const driver = await loadDriver(name);
  return checkCapabilities(scenario, driver, traitsOf(driver));
}

it.each([
  ["slow: worker, by: 5ms, for: 1s", "slow"],
  ["block: worker, for: 1s", "block"],
  ["hang: worker, for: 1s", "hang"],
  ["kill: producer", "kill"],
])("a driver without processes of its own is asked for no { %s }", async (fault, action) => {
  const scenario = resolved(withFaults(`at: chaos, ${fault}`));
  const inProcess = await findings(scenario, "memory");
  expect(inProcess.map(({ path, message }) => [path, message])).toEqual([
    [["faults", 0], expect.stringMatching(`one process with the queue; there is none to ${action}$`)],
  ]);
  expect(await findings(scenario, "redis-list")).toEqual([]);
});

it("a transaction is held open where there are some", async () => {
  const scenario = resolved(withFaults("at: chaos, hold: transaction, for: 1s"));
  expect(await findings(scenario, "redis-list")).toEqual([
    { path: ["faults", 0], message: "driver redis-list has no transaction that could be held open" },
  ]);
  expect(await findings(scenario, "postgres")).toEqual([]);
});
