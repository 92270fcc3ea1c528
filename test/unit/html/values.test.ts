import { expect, it } from "vitest";
import { secondsText } from "../../../reports/html/page/values.js";

it("labels the ticks of a time axis with the digits that their step has", () => {
  const ticks = (stepS: number) => [0, 1, 2, 3].map((at) => secondsText(at * stepS, stepS));
  expect(ticks(2.5)).toEqual(["0.0 s", "2.5 s", "5.0 s", "7.5 s"]);
  expect(ticks(5)).toEqual(["0 s", "5 s", "10 s", "15 s"]);
  expect(ticks(0.25)).toEqual(["0.00 s", "0.25 s", "0.50 s", "0.75 s"]);
  expect(ticks(0.1)).toEqual(["0.0 s", "0.1 s", "0.2 s", "0.3 s"]);
});
