import { expect, it } from "vitest";
import type { FaultEvent } from "../../../src/record/events.js";
import { faultTimes, markTimes, undeliveredAtNs } from "../../../src/result/faults.js";
import { parseScenario } from "../../../src/scenario/parse.js";

const step = (id: string, name: FaultEvent["step"], atNs: number): FaultEvent => ({
  type: "fault",
  id,
  occurrence: 1,
  family: "broker",
  step: name,
  atNs,
  text: "",
});

it("joins the steps of an injection, in the order of the requests", () => {
  const events = [
    step("late", "requested", 20),
    step("early", "requested", 10),
    step("early", "confirmed", 12),
    step("late", "failed", 22),
  ];
  expect(faultTimes(events)).toMatchObject([
    { id: "early", requestedNs: 10, confirmedNs: 12, healRequestedNs: null, error: null },
    { id: "late", requestedNs: 20, confirmedNs: null, error: "" },
  ]);
});

it.each([
  ["of a broker, just before it starts again", "kill: broker, for: 1s", 30],
  ["of one node of a broker, when it is gone: the others go on", "kill: broker, node: leader, for: 1s", 15],
  ["of workers, when they are gone", "kill: worker", 15],
])("counts the undelivered %s", (_what, fault, atNs) => {
  const text = `name: a\ntarget: { driver: memory }\nload: { rate: 1/s }\nphases: { chaos: 5s }\nfaults: [{ id: hit, at: chaos, ${fault} }]`;
  const parsed = parseScenario(text, "a.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const [times] = faultTimes([
    step("hit", "requested", 10),
    step("hit", "confirmed", 15),
    step("hit", "healRequested", 30),
  ]);
  if (!times) throw new Error("no injection");
  expect(undeliveredAtNs(times, parsed.scenario.faults)).toBe(atNs);
  // What is not counted when it happens can't be counted later.
  expect(markTimes(times)).toContain(atNs);
});
