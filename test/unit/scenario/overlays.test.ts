import { describe, expect, it } from "vitest";
import { MINIMAL, problemsOf, resolved, withFaults } from "./helpers.js";

const FAULTS = withFaults("id: crash, at: chaos, kill: worker", "id: stall, at: chaos, pause: broker, for: 1s");

describe("overlays", () => {
  it("replaces and adds values, the last one winning", () => {
    const scenario = resolved(MINIMAL, [
      "load.rate=1k/s",
      "load.rate=2k/s",
      "workers.fail.transient=1%",
      "target.options={consume: brpop}",
    ]);
    expect(scenario.load.rate).toBe(2000);
    expect(scenario.workers.fail).toEqual({ transient: 0.01, poison: 0 });
    expect(scenario.target.options).toEqual({ consume: "brpop" });
  });

  it("reaches elements of a list by index and by id, and appends at the end", () => {
    const fault = "{ id: more, at: chaos, kill: broker }";
    const { faults } = resolved(FAULTS, [
      "faults.crash.at=chaos+1s",
      "faults.1.for=2s",
      `faults.2=${fault}`,
      "faults.more.for=3s",
    ]);
    expect(faults.map(({ at, for: span }) => [at.offset, span])).toEqual([
      [1000, 0],
      [0, 2000],
      [0, 3000],
    ]);
  });

  it("takes comparisons without quotes, and metrics with dots", () => {
    const overlays = ["expect.endToEnd.p99=<= 300ms", "expect.goodput=> 90/s", "expect.lost=!= 5", "expect.stuck=0"];
    const { expect: expectations } = resolved(MINIMAL, overlays);
    expect(expectations.map(({ metric, operator }) => `${metric} ${operator}`)).toEqual([
      "endToEnd.p99 <=",
      "goodput >",
      "lost !=",
      "stuck ==",
    ]);
  });

  it("changes only the named place where the file uses an alias", () => {
    const text = "name: n\ntarget: { driver: d, options: &o { a: 1 }, broker: *o }\nload: { rate: 1/s }\n";
    const { target } = resolved(text, ["target.options.a=2"]);
    expect([target.options, target.broker]).toEqual([{ a: 2 }, { a: 1 }]);
  });

  it("keeps keys apart from the prototype of objects", () => {
    expect(resolved(MINIMAL, ["target.options.__proto__.polluted=1"]).name).toBe("n");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it.each([
    [
      "load.rate=fast",
      '--set load.rate=fast: expected a rate such as "500/s", got "fast"\n' +
        "  hint: write the unit; a bare 500 could mean per second or per minute",
    ],
    ["load.rat=5/s", '--set load.rat=5/s: unknown key\n  hint: did you mean "rate"?'],
    ["load={ rate: fast }", "--set load={ rate: fast }: load.rate: expected a rate"],
    ["load={ window: 5 }", "--set load={ window: 5 }: load.rate: missing"],
    ["faults.9.for=1s", '--set faults.9.for=1s: faults has no element "9"\n  hint: elements: crash, stall'],
    ["faults.stal.for=1s", '--set faults.stal.for=1s: faults has no element "stal"'],
    ["name.first=x", '--set name.first=x: name is not a map, so it has no "first"'],
    ["load.rate", "--set load.rate: expected path=value"],
    ["=5", "--set =5: expected path=value"],
    ["load..rate=5", "--set load..rate=5: expected path=value"],
    ["load.rate=[", "--set load.rate=[: the value is not valid YAML"],
    ["load.rate=*a", "--set load.rate=*a: the value is not valid YAML"],
  ])("points at --set %s", (overlay, expected) => {
    expect(problemsOf(FAULTS, [overlay])).toContain(expected);
  });

  it("shows the file's own problems beside those of overlays, which come last", () => {
    expect(problemsOf(`${MINIMAL}seed: x\n`, ["runs=0"])).toBe(
      'a.yaml:4:7: seed: expected a whole number of at least 0, got "x"\n' +
        "--set runs=0: expected a whole number of at least 1, got 0",
    );
  });

  it("puts right what is wrong in the file", () => {
    expect(problemsOf(`${MINIMAL}seed: x\n`, ["seed=3"])).toBe("");
  });
});
