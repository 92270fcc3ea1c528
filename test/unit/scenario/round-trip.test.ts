import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import {
  formatBandwidth,
  formatBytes,
  formatDuration,
  formatRate,
  formatShare,
} from "../../../src/input/units-text.js";
import type { HandlingTime, Scenario } from "../../../src/scenario/scenario.js";
import { mapTexts } from "../../../src/secrets/places.js";
import { type Bytes, bytes, type Milliseconds, ms, type PerSecond, perSecond } from "../../../src/units.js";
import { resolved } from "./helpers.js";

const span = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.double({ min: 0.001, max: 5000, noNaN: true })).map(ms);
const rate = fc.double({ min: 0.01, max: 1e6, noNaN: true }).map(perSecond);
const size = fc.integer({ min: 32, max: 2 ** 27 }).map(bytes);
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const count = fc.integer({ min: 1, max: 1000 });
const text = fc
  .array(
    fc.oneof({ weight: 9, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) }, fc.constantFrom("${", "$", "$${")),
    {
      minLength: 1,
      maxLength: 15,
    },
  )
  .map((parts) => parts.join(""));
const plain = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.boolean(), fc.integer(), text), {
  maxKeys: 3,
});

const handle: fc.Arbitrary<HandlingTime> = fc.oneof(
  fc.record({ kind: fc.constant("constant" as const), value: span }),
  fc.record({ kind: fc.constant("exponential" as const), mean: span }),
  fc.record({ kind: fc.constant("normal" as const), mean: span, deviation: span }),
  fc
    .tuple(span, span)
    .map(([a, b]) => ({ kind: "uniform" as const, min: ms(Math.min(a, b)), max: ms(Math.max(a, b)) })),
);

const shape = fc.oneof(
  fc.record({ kind: fc.constant("ramp" as const), from: rate, to: rate, at: span, over: span }),
  fc.record({
    kind: fc.constant("step" as const),
    from: rate,
    to: rate,
    steps: fc.integer({ min: 2, max: 9 }),
    every: span,
  }),
  fc.record({
    kind: fc.constant("spike" as const),
    base: rate,
    peak: rate,
    at: span,
    for: span.map((value) => ms(value + 1)),
    repeat: fc.constant({ times: 1, every: ms(0) }),
  }),
  fc.record({ kind: fc.constant("sine" as const), mean: rate, amplitude: rate, period: span }).map((sine) => ({
    ...sine,
    amplitude: perSecond(Math.min(sine.mean, sine.amplitude)),
    period: ms(sine.period + 1),
  })),
);

const weight = fc.double({ min: 0.001, max: 1000, noNaN: true });
const part = fc.oneof(
  fc.record({
    size,
    weight,
    entropy: fc.oneof(fc.constantFrom("random" as const, "text" as const, "zero" as const), share),
  }),
  fc.record({ file: text, weight }),
);

const network = fc.record({
  id: fc.constant("net"),
  at: fc.record({
    from: fc.constant("phase" as const),
    phase: fc.constantFrom("chaos" as const, "baseline" as const),
    offset: span,
  }),
  for: span,
  repeat: fc.constant({ times: 1, every: ms(0) }),
  kind: fc.constant("network" as const),
  side: fc.constantFrom("producers" as const, "workers" as const, "all" as const),
  direction: fc.constantFrom("up" as const, "down" as const, "both" as const),
  latency: span,
  jitter: span,
  bandwidth: fc.option(rate),
  partition: fc.boolean(),
  reset: fc.boolean(),
  cut: fc.option(fc.oneof(fc.constant("before-answer" as const), fc.record({ afterBytes: size }))),
  slowClose: fc.option(span),
});

const anyTarget = {
  driver: text,
  url: fc.constant(undefined),
  options: plain,
  broker: plain,
  external: fc.constant({}),
};

const scenario: fc.Arbitrary<Scenario> = fc.record({
  name: text.filter((name) => name.trim() !== ""),
  question: fc.option(text, { nil: undefined }),
  target: fc.oneof(
    fc.record({
      ...anyTarget,
      host: fc.constantFrom("auto" as const, "local" as const, "embedded" as const),
      limits: fc.constant({ cpu: null, memory: null }),
      image: fc.constant(undefined),
    }),
    fc.record({
      ...anyTarget,
      host: fc.constant("container" as const),
      limits: fc.record({ cpu: fc.option(fc.double({ min: 0.01, max: 64, noNaN: true })), memory: fc.option(size) }),
      image: fc.option(text, { nil: undefined }),
    }),
  ),
  load: fc.record({
    rate: fc.oneof(rate, shape),
    arrivals: fc.constantFrom("even" as const, "poisson" as const),
    payload: fc.oneof(size, fc.array(part, { minLength: 1, maxLength: 3 })),
    keys: fc.option(
      fc.oneof(
        fc.record({ count, distribution: fc.constant("round-robin" as const) }),
        fc.record({ count, distribution: fc.constant("uniform" as const) }),
        fc.record({ count, distribution: fc.constant("zipf" as const), exponent: weight }),
      ),
    ),
    priorities: fc.option(
      fc.array(fc.record({ priority: fc.integer({ min: 0, max: 255 }), weight }), { minLength: 1, maxLength: 3 }),
    ),
    producers: count,
    window: count,
    confirmTimeout: span,
  }),
  workers: fc.record({
    processes: count,
    concurrency: count,
    handle,
    fail: fc.record({ transient: share, poison: share }),
    restart: fc.oneof(span, fc.constant("never" as const)),
    command: fc.option(fc.array(text, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  }),
  phases: fc.record({
    warmup: span,
    baseline: span.map((value) => ms(value + 1)),
    // Longer than any offset, so that every fault begins under load.
    chaos: span.map((value) => ms(value + 6000)),
    recovery: span,
    drain: fc.oneof(span, fc.constant("auto" as const)),
  }),
  faults: fc.array(network, { maxLength: 1 }),
  expect: fc.constant([]),
  seed: fc.nat(),
  runs: count,
});

const orWord = <T extends number>(value: T | string, format: (value: T) => string) =>
  typeof value === "string" ? value : format(value);
const duration = (value: Milliseconds) => formatDuration(value);
const rateText = (value: PerSecond) => formatRate(value);
const rateOf = (load: Scenario["load"]["rate"]) =>
  typeof load === "object" ? shapeText(load) : orWord(load, rateText);
const sizeText = (value: Bytes) => formatBytes(value);

function shapeText(load: Exclude<Scenario["load"]["rate"], PerSecond | "closed">): object {
  switch (load.kind) {
    case "ramp":
      return { ...load, ...rates(load, "from", "to"), at: `warmup+${duration(load.at)}`, over: duration(load.over) };
    case "step":
      return { ...load, ...rates(load, "from", "to"), every: duration(load.every) };
    case "spike": {
      const repeat = { times: load.repeat.times, every: duration(load.repeat.every) };
      const at = `warmup+${duration(load.at)}`;
      return { ...load, ...rates(load, "base", "peak"), at, for: duration(load.for), repeat };
    }
    case "sine":
      return { ...load, ...rates(load, "mean", "amplitude"), period: duration(load.period) };
    case "trace":
      return { kind: load.kind, file: load.file, unit: load.unit };
  }
}

const rates = <Key extends string>(load: Readonly<Record<Key, PerSecond>>, ...keys: readonly Key[]) =>
  Object.fromEntries(keys.map((key) => [key, rateText(load[key])]));

function handleText(time: HandlingTime): string {
  if (time.kind === "constant") return duration(time.value);
  if (time.kind === "exponential") return `exponential(${duration(time.mean)})`;
  if (time.kind === "normal") return `normal(${duration(time.mean)}, ${duration(time.deviation)})`;
  return `uniform(${duration(time.min)}, ${duration(time.max)})`;
}

function faultText(fault: Scenario["faults"][number]): object {
  if (fault.kind !== "network" || fault.at.from !== "phase") return {};
  const { id, at, side, direction, latency, jitter, bandwidth, partition, reset, cut, slowClose } = fault;
  return {
    id,
    at: `${at.phase}+${duration(at.offset)}`,
    for: duration(fault.for),
    network: side,
    direction,
    latency: duration(latency),
    jitter: duration(jitter),
    ...(bandwidth === null ? {} : { bandwidth: formatBandwidth(bandwidth) }),
    partition,
    reset,
    ...(cut === null ? {} : { cut: typeof cut === "string" ? cut : { afterBytes: sizeText(cut.afterBytes) } }),
    ...(slowClose === null ? {} : { slowClose: duration(slowClose) }),
  };
}

function targetText({ limits: { cpu, memory }, external: _, ...target }: Scenario["target"]): object {
  if (cpu === null && memory === null) return target;
  const limits = { ...(cpu === null ? {} : { cpu }), ...(memory === null ? {} : { memory: sizeText(memory) }) };
  return { ...target, limits };
}

/** The scenario as a person would write it; a `${` in a text is no variable, and written as `$${`. */
const written = (scenario: Scenario): string => {
  const plain: unknown = JSON.parse(JSON.stringify(asWritten(scenario)));
  return stringify(mapTexts(plain, [], (text) => text.replaceAll("${", () => "$${")));
};

function asWritten({ target, load, workers, phases, faults, expect: _, ...rest }: Scenario): object {
  return {
    ...rest,
    target: targetText(target),
    load: {
      ...load,
      rate: rateOf(load.rate),
      payload:
        typeof load.payload === "number"
          ? sizeText(load.payload)
          : load.payload.map((each) => ("size" in each ? { ...each, size: sizeText(each.size) } : each)),
      keys: load.keys ?? undefined,
      priorities: load.priorities ?? undefined,
      confirmTimeout: duration(load.confirmTimeout),
    },
    workers: {
      ...workers,
      handle: handleText(workers.handle),
      fail: { transient: formatShare(workers.fail.transient), poison: formatShare(workers.fail.poison) },
      restart: orWord(workers.restart, duration),
    },
    phases: {
      warmup: duration(phases.warmup),
      baseline: duration(phases.baseline),
      chaos: duration(phases.chaos),
      recovery: duration(phases.recovery),
      drain: orWord(phases.drain, duration),
    },
    faults: faults.map(faultText),
  };
}

it("reads every scenario back from the YAML it is written as", () => {
  fc.assert(
    fc.property(scenario, (original) => {
      expect(resolved(written(original))).toEqual(original);
    }),
    { numRuns: 200 },
  );
});
