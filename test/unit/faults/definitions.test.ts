import { describe, expect, it } from "vitest";
import type { FaultContext } from "../../../src/faults/context.js";
import { definitionOf, FAULTS, faultDefinitions, injectFault } from "../../../src/faults/index.js";
import { EFFECTS } from "../../../src/faults/proxy/effects/index.js";
import { effectSchema } from "../../../src/faults/proxy/protocol.js";
import { problemsOf, resolved, withFaults } from "../scenario/helpers.js";

/** How each key that a fault can't do without may be written. */
const KEYS: Readonly<Record<string, string>> = { for: "for: 1s", by: "by: 5ms", network: "partition: true, for: 1s" };
const VALUES: Readonly<Record<string, string>> = { limit: "{ cpu: 0.5 }" };

const cases = faultDefinitions.flatMap((definition) =>
  definition.targets.map((target) => {
    const { verb, lasts, required = [] } = definition;
    const needed = [...(lasts ? ["for"] : []), ...required, verb].flatMap((key) => KEYS[key] ?? []);
    const text = ["at: chaos", `${verb}: ${VALUES[verb] ?? target}`, ...needed].join(", ");
    return { definition, verb, target, text };
  }),
);

describe("every fault of the list", () => {
  it.each(cases)("$verb: $target is read from a scenario, and found again by what it does", ({ definition, text }) => {
    const [fault] = resolved(withFaults(text)).faults;
    expect(fault && definitionOf(fault)).toBe(definition);
  });

  it.each(cases.filter(({ definition }) => definition.lasts))("$verb: $target needs a time", ({ text }) => {
    expect(problemsOf(withFaults(text.replace("for: 1s", "id: x")))).toContain("lasts until the heal");
  });

  it("has keys of its own that nobody else has", () => {
    const own = FAULTS.flatMap((each) => Object.keys(each.own ?? {}));
    expect(new Set(own).size).toBe(own.length);
  });
});

describe("every network effect of the list", () => {
  const written = {
    latency: "5ms",
    bandwidth: "1KiB/s",
    partition: "true",
    reset: "true",
    cut: "before-answer",
    slowClose: "5ms",
  };

  it.each(EFFECTS)("is read, says what it did, and goes to the proxy as that wants it", async (effect) => {
    const key = Object.keys(effect.keys)[0] as keyof typeof written;
    const [fault] = resolved(withFaults(`at: chaos, network: all, ${key}: ${written[key]}, for: 1s`)).faults;
    if (fault?.kind !== "network") throw new Error("it is no network fault");
    expect(effect.words(fault)).not.toBeNull();
    expect(EFFECTS.filter((each) => each.words(fault) !== null)).toEqual([effect]);
    const sent: unknown[] = [];
    const proxy = { inject: async (...all: unknown[]) => void sent.push(...all), heal: async () => 0n };
    const context = { proxy, injectionId: "one#1" } as unknown as FaultContext;
    await injectFault(fault, context);
    expect(sent.slice(0, 2)).toEqual(["one#1", "all"]);
    expect(effectSchema.safeParse(sent[2]).success, "it is what the proxy takes").toBe(true);
  });

  it("has a place of its own on the way of the data", () => {
    expect(new Set(EFFECTS.map(({ place }) => place)).size).toBe(EFFECTS.length);
  });
});
