import { conclude, type GateContext } from "../../src/gate/conclude.js";
import { readGateMetric } from "../../src/gate/metrics.js";
import type { GateResult } from "../../src/gate/schema.js";
import { planLooks } from "../../src/gate/settings.js";
import type { Slice } from "../../src/gate/slice.js";
import { GateState } from "../../src/gate/state.js";

const METRICS = ["endToEnd.p50", "endToEnd.tail", "goodput"].map((name) => {
  const metric = readGateMetric(name);
  if (!metric.ok) throw new Error(metric.message);
  return metric.value;
});
const SETTINGS = { looks: planLooks([10]), minEffect: 0.05, tolerance: 0.1, floorNs: 200_000 };
const SYSTEM = {
  name: "checkout <queue>",
  file: "gate.yaml",
  overlays: ["target.options.client=amqplib"],
  driver: "rabbitmq",
  host: "local",
  brokerVersion: "RabbitMQ 4.1.0",
};
const CONTEXT: GateContext = {
  name: "checkout <queue>",
  startedAt: "2026-11-25T08:00:00.000Z",
  durationSeconds: 612.4,
  interrupted: false,
  baseline: SYSTEM,
  candidate: { ...SYSTEM, overlays: ["target.options.client=rabbitmq-client"] },
  differences: [{ path: "target.options.client", baseline: "amqplib", candidate: "rabbitmq-client" }],
  environment: { havoqVersion: "0.1.0", nodeVersion: "v20.19.0", kernel: "6.1.0", cpuModel: "A | CPU", cores: 2 },
  thresholds: [
    {
      metric: "endToEnd",
      expression: "p(99)<200ms",
      passed: true,
      counts: false,
      text: "endToEnd p(99) 48.0 ms is < 200 ms",
    },
  ],
  stored: null,
  cutShort: null,
};

/** A gate of ten pairs: a p50 that is 14 % higher, a tail that nobody can tell, the same goodput. */
export function sampleGate(context: Partial<GateContext> = {}, slice: Partial<Slice> = {}): GateResult {
  const state = new GateState(SETTINGS, METRICS);
  for (let pair = 1; pair <= 10; pair++) {
    for (const side of ["baseline", "candidate"] as const) {
      const factor = side === "candidate" ? 1.14 + 0.01 * ((pair * 7) % 5) - 0.02 : 1;
      const wild = side === "candidate" ? 1 + 0.3 * (((pair * 3) % 7) / 3 - 1) : 1;
      const position = state.slices.length + 1;
      state.add({
        side,
        pair,
        position,
        directory: `slices/${String(position).padStart(3, "0")}-${side}`,
        values: { "endToEnd.p50": 10e6 * factor, "endToEnd.tail": 40e6 * wild, goodput: 1000 },
        delivery: { sent: 20_000, acked: 20_000, lost: 0, phantom: 0, corrupt: 0, stuck: 0, unseen: 0, duplicates: 0 },
        expectations: [{ metric: "lost", expression: "== 0", passed: true, counts: true, text: "lost 0 is == 0" }],
        generatorLimited: false,
        unproven: null,
        notes: [],
        ...slice,
      });
    }
    state.takeDueLook();
  }
  return conclude(state, { ...CONTEXT, ...context });
}
