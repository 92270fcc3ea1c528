/** The scenarios whose slices make the gates of `gate-real`, and how a slice of them is made worse by a known part. */

/** @type {Record<string, Record<string, unknown>>} */
export const TARGETS = {
  redis: { driver: "redis-list", host: "local", options: { consume: "brpop" } },
  rabbitmq: { driver: "rabbitmq", host: "local" },
};

/**
 * @typedef {object} Change
 * @property {string} metric Of the gate: what the change moves, in the slice's own unit.
 * @property {1 | -1} sign Of the change of that metric.
 * @property {(slice: Slice) => Record<string, unknown>} scenario Without name and target.
 * @property {(percent: number, calm: number | null) => string[]} set What makes a slice worse by so much; `calm`: the median of
 * the metric in plain slices so far.
 */

/** @typedef {{ rate: string, rampSeconds: number, sliceSeconds: number }} Slice */

/** Far above the floor of 0.2 ms and the coarseness of timers. */
const DELAY_MS = 20;
/** 8 messages at a time of 20 ms each are 400 a second at most, with 500 on offer. */
const HANDLE_MS = 20;
const phases = (/** @type {Slice} */ { rampSeconds, sliceSeconds }) => ({
  warmup: `${rampSeconds}s`,
  baseline: `${sliceSeconds}s`,
  drain: "auto",
});

/** @type {Record<string, Change>} */
export const CHANGES = {
  /** A delay on the way to the broker. It stands in every slice, so that the proxy is in the path of all. */
  delay: {
    metric: "endToEnd.p50",
    sign: 1,
    scenario: (slice) => ({
      load: { rate: slice.rate, payload: "1KiB", window: 1024 },
      workers: { concurrency: 16 },
      phases: phases(slice),
      faults: [
        {
          id: "delay",
          at: slice.rampSeconds > 0 ? "warmup" : "baseline",
          network: "producers",
          direction: "up",
          latency: `${DELAY_MS}ms`,
          for: `${slice.rampSeconds + slice.sliceSeconds}s`,
        },
      ],
    }),
    set: (percent, calm) => {
      const delayMs = DELAY_MS + ((calm ?? DELAY_MS * 1e6) / 1e6) * (percent / 100);
      return [`faults.delay.latency=${delayMs.toFixed(1)}ms`];
    },
  },
  /** Workers that have more to do than they can, and take longer for each message: what they complete a second falls. */
  capacity: {
    metric: "goodput",
    sign: -1,
    scenario: (slice) => ({
      load: { rate: slice.rate, payload: "1KiB", window: 1024 },
      workers: { concurrency: 8, handle: `${HANDLE_MS}ms` },
      phases: phases(slice),
    }),
    set: (percent) => [`workers.handle=${(HANDLE_MS / (1 - percent / 100)).toFixed(1)}ms`],
  },
};
