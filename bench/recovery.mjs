/** Whether the resilience figures find a recovery that is known, on simulated runs. */
import { deriveSeed, seededRandom } from "../dist/src/stats/random.js";
import { resilienceOf } from "../dist/src/stats/resilience.js";
import { percent } from "./gate/lib.mjs";
import { judged, NEVER, RATES, RECOVERED } from "./lib/recovery.mjs";
import { atLeast, benchmark, equal } from "./lib/report.mjs";
import { scaledCount } from "./lib/scale.mjs";

const SEED = 20_261_127;
const TRIALS = scaledCount(400);

await benchmark("recovery", `time to recover in simulation, ${TRIALS} runs in each cell`, async () => {
  const cells = [...RECOVERED, ...NEVER].flatMap((kind, k) =>
    kind.seconds.map((seconds, s) => ({
      name: kind.name,
      recovers: RECOVERED.includes(kind),
      seconds,
      held: kind.held,
      found: RATES.map((rate, r) => {
        const random = seededRandom(deriveSeed(SEED, k, s, r));
        return { rate, ...judged(resilienceOf, kind, rate, seconds, TRIALS, random) };
      }),
    })),
  );
  const rows = cells.map(({ name, seconds, found }) => ({
    system: name,
    after: Number.isFinite(seconds) ? `${seconds} s` : "never",
    ...Object.fromEntries(found.map(({ rate, right }) => [`${rate}/s`, percent(right)])),
  }));
  const checks = cells.flatMap(({ name, seconds, recovers, held, found }) =>
    found
      .filter(({ rate }) => rate >= held)
      .map(({ rate, right }) => {
        const what = `${name}, ${Number.isFinite(seconds) ? `${seconds} s` : "never"}, ${rate}/s`;
        return recovers ? atLeast(what, right, 0.95) : equal(what, right, 1);
      }),
  );
  return { rows, checks };
});
