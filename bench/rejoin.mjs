/** Whether a consumer that has to join its group anew passes over messages: many short runs, with one core busy. */

import { spawn } from "node:child_process";
import { runHavoq } from "./lib/havoq.mjs";
import { benchmark, equal } from "./lib/report.mjs";
import { scaledCount } from "./lib/scale.mjs";
import { withTemporaryDirectory } from "./lib/temporary.mjs";

const RUNS = scaledCount(50);
const AT_ONCE = 2;
const client = process.env["HAVOQ_REJOIN_CLIENT"] ?? "platformatic";

/** The broker stands still for longer than the session, and restarts while the backlog of that is handled. */
const SCENARIO = {
  target: {
    driver: "kafka",
    host: "local",
    options: { client, sessionTimeout: "1s", partitions: 4, requestTimeout: "2s" },
  },
  load: { rate: "200/s", payload: "256B", confirmTimeout: "3s" },
  workers: { processes: 2, concurrency: 4, handle: "10ms" },
  phases: { warmup: "0s", baseline: "500ms", chaos: "5s", recovery: "500ms" },
  faults: [
    { id: "pause", at: "chaos", pause: "broker", for: "2500ms" },
    { id: "restart", at: "chaos+3500ms", restart: "broker" },
  ],
};

await benchmark("rejoin", `messages that Kafka's consumers (${client}) pass over when they join anew`, () =>
  withTemporaryDirectory(async (directory) => {
    const busy = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
    try {
      let [lost, runsWithLoss, acked, redelivered, begun, done] = [0, 0, 0, 0, 0, 0];
      const runOnes = async () => {
        while (begun < RUNS) {
          begun += 1;
          const { delivery } = await runHavoq(directory, `rejoin-${begun}`, SCENARIO);
          done += 1;
          lost += delivery.lost;
          runsWithLoss += delivery.lost > 0 ? 1 : 0;
          acked += delivery.acked;
          redelivered += delivery.duplicates.redelivered;
          console.log(
            `  ${done} of ${RUNS}: lost ${delivery.lost} of ${delivery.acked}, redelivered ${delivery.duplicates.redelivered}`,
          );
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, runOnes));
      return {
        rows: [{ client, runs: done, acked, redelivered, lost, runsWithLoss }],
        checks: [equal("runs that lost something", runsWithLoss, 0)],
      };
    } finally {
      busy.kill("SIGKILL");
    }
  }),
);
