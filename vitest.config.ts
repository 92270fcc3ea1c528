import { defineConfig } from "vitest/config";
import LongestFirst from "./test/longest-first.mjs";

/** Tests of the truth layer that look at times. */
const ALONE = ["test/truth/{freeze,timed}.test.ts"];
/** Tests of the command line that don't: they say what it answers, whatever runs beside. */
const BESIDE = [
  "test/cli/{check-worker,clock,compare,docs,endings,evidence,hostile,library,machine,mistakes,own-worker,run,scratch,secrets,start-up}.test.ts",
  "test/browser/**/*.test.ts",
];

/**
 * A shared machine may stall a broker's election or a client's session for seconds. What passes at its second try only is
 * named at the end of `npm test`.
 */
const SECOND_TRY = { retry: 1 };

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Vitest leaves a core to itself where nothing is said: of two that is half the machine.
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 20_000,
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Brokers and clients at work, in this process, and now and then a wait for a horizon.
        test: {
          name: "conformance",
          include: ["test/{conformance,gate}/**/*.test.ts", "test/container/conformance.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 90_000,
          maxWorkers: 4,
          ...SECOND_TRY,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // These count messages, whatever it costs, and mostly wait: for a fault, for a horizon, for the drain.
        test: {
          name: "truth",
          include: ["test/{truth,container}/**/*.test.ts", ...BESIDE],
          exclude: [...ALONE, "test/container/conformance.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 60_000,
          // With four, two cores were busy all the time, and a fault came 540 ms late when something else ran beside.
          maxWorkers: 3,
          ...SECOND_TRY,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // These look at times, or at what is left on the machine: alone.
        test: {
          name: "system",
          include: ["test/cli/**/*.test.ts", ...ALONE],
          exclude: BESIDE,
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          ...SECOND_TRY,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
