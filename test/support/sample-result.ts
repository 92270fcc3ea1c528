import { formatNs } from "../../src/result/format.js";
import type { FaultResult, Resilience, RunResult } from "../../src/result-schema.js";
import { allSeen } from "./evidence.js";
import { CRASH_NS, latencies, MS, messages, PAUSE, PHASES, RATE, S, SLOW, sequence, series } from "./sample-model.js";

/**
 * A plausible result: 60 s at 1000/s with a worker crash at 22 s, a broker that stands still from 30 to 35 s and a slow
 * network from 42 to 47 s; 7 messages lost, 15 duplicates. The same at every call; `overrides` replace whole parts.
 */
export function sampleResult(overrides: Partial<RunResult> = {}): RunResult {
  made ??= makeSample();
  return { ...structuredClone(made), ...overrides };
}

let made: RunResult | undefined;

function resources(): RunResult["resources"] {
  const random = sequence();
  const process = (
    name: string,
    role: RunResult["resources"][number]["role"],
    usual: number,
    mebibytes: number,
    startNs = 0,
    endNs = 62 * S,
  ): RunResult["resources"][number] => {
    const atNs = Array.from({ length: 125 }, (_, i) => i * 500 * MS).filter((ns) => ns >= startNs && ns <= endNs);
    const paused = (ns: number) => ns > PAUSE[0] && ns <= PAUSE[1];
    const catching = (ns: number) => ns > PAUSE[1] && ns <= PAUSE[1] + S;
    const percent = (ns: number) =>
      paused(ns) && role !== "producer" ? 0.4 : usual * (0.85 + 0.3 * random()) * (catching(ns) ? 2.4 : 1);
    const cpuPercent = atNs.map((ns) => Math.round(percent(ns) * 10) / 10);
    const rssBytes = atNs.map((ns) => Math.round((mebibytes + 8 * (1 - Math.exp(-ns / (20 * S)))) * 2 ** 20));
    const cpuSecondsTotal = cpuPercent.reduce((sum, value) => sum + value * 0.005, 0);
    const io = role === "broker" ? sampleIo(cpuPercent) : null;
    return { name, role, atNs, cpuPercent, rssBytes, cpuSecondsTotal, io };
  };
  return [
    process("broker", "broker", 14, 18),
    process("producer-0", "producer", 24, 86),
    process("worker-0", "worker", 21, 78),
    process("worker-1", "worker", 20, 77, 0, 22 * S),
    process("worker-1 (2)", "worker", 20, 71, 22.5 * S),
    process("proxy", "proxy", 17, 64),
    process("havoq", "havoq", 6, 92),
  ];
}

function fault(
  about: Partial<FaultResult> & Pick<FaultResult, "id" | "description" | "family" | "requestedNs">,
): FaultResult {
  return {
    occurrence: 1,
    plannedNs: about.requestedNs,
    plannedHealNs: null,
    doubt: null,
    confirmedNs: about.requestedNs + 0.4 * MS,
    healRequestedNs: null,
    healedNs: null,
    undelivered: 0,
    inFlight: 2,
    error: null,
    resilience: null,
    ...about,
  };
}

const answer = (figures: Partial<Resilience>): Resilience => ({
  baselinePerSecond: RATE,
  tolerance: 0.1,
  onsetNs: null,
  timeToDetectNs: null,
  unavailableNs: 0,
  timeToRecoverNs: null,
  dipDepth: 0,
  dipAreaMessages: 0,
  backlogPeak: null,
  drainNs: null,
  latencyRecoveryNs: null,
  earliestLostAckNs: null,
  ...figures,
});

function faults(): FaultResult[] {
  return [
    fault({
      id: "worker-crash",
      description: "SIGKILL of worker 1 (pid 4711)",
      family: "worker",
      requestedNs: CRASH_NS,
      inFlight: 5,
      resilience: answer({
        onsetNs: 22.1 * S,
        timeToDetectNs: 10 * MS,
        timeToRecoverNs: 1.9 * S,
        dipDepth: 0.31,
        dipAreaMessages: 288,
        backlogPeak: 301,
        drainNs: 0.8 * S,
        latencyRecoveryNs: 2 * S,
        earliestLostAckNs: 21.998 * S,
      }),
    }),
    fault({
      id: "broker-pause",
      description: "SIGSTOP of the broker (pid 4699)",
      family: "broker",
      requestedNs: PAUSE[0],
      healRequestedNs: PAUSE[1],
      healedNs: PAUSE[1] + 0.3 * MS,
      undelivered: 4,
      resilience: answer({
        onsetNs: 30 * S,
        timeToDetectNs: 3.2 * S,
        unavailableNs: 5 * S,
        timeToRecoverNs: 5.1 * S,
        dipDepth: 1,
        dipAreaMessages: 5000,
        backlogPeak: 4120,
        drainNs: 0.9 * S,
        latencyRecoveryNs: 6 * S,
      }),
    }),
    fault({
      id: "slow-network",
      description: "80 ms ± 20 ms towards the broker and back, all clients",
      family: "network",
      requestedNs: SLOW[0],
      healRequestedNs: SLOW[1],
      healedNs: SLOW[1] + 1.1 * MS,
      resilience: answer({ latencyRecoveryNs: 5 * S, timeToRecoverNs: 0 }),
    }),
  ];
}

function makeSample(): RunResult {
  const all = messages();
  const latency = latencies(all);
  return {
    schemaVersion: 2,
    run: {
      id: "20260101-120000-5ca1ab",
      seed: 7,
      startedAt: "2026-01-01T12:00:00.000Z",
      durationNs: 62.4 * S,
      interrupted: false,
      notes: [],
    },
    scenario: SCENARIO,
    target: {
      driver: "redis-list",
      host: "local",
      image: null,
      brokerVersion: "Redis 7.0.15",
      hostReason: "/usr/bin/redis-server",
      durability: "append-only file, fsync every second",
      redeliveryHorizonNs: 2 * S,
      residueInspected: ["ready", "inFlight", "deadLettered"],
    },
    environment: {
      havoqVersion: "0.1.0",
      nodeVersion: "v20.19.0",
      platform: "linux-x64",
      kernel: "6.1.0",
      cpuModel: "AMD EPYC",
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      hostname: "bench",
      command: "havoq run scenarios/sample.yaml",
    },
    phases: PHASES,
    delivery: DELIVERY,
    ackLevels: { broker: DELIVERY.acked },
    latency,
    throughput: { offeredPerSecond: RATE, ackedPerSecond: 999.1, goodputPerSecond: 998.9 },
    workers: { started: 59_981, completed: 59_973, failed: 0, utilization: 0.07 },
    series: series(all),
    resources: resources(),
    faults: faults(),
    errors: [
      { text: "Command timed out", count: 40, firstNs: 33.2 * S, role: "producer" },
      { text: "connect ECONNREFUSED 127.0.0.1:40123", count: 3, firstNs: 22.01 * S, role: "worker" },
    ],
    health: { verdict: "ok", reasons: [], eventLoopDelayP99Ns: 9.3 * MS, stealShare: 0.002, proxyOverheadNs: 52_000 },
    evidence: allSeen(),
    expectations: expectations(latency.endToEnd.whole.p99),
    verdict: "fail",
  };
}

const DELIVERY: RunResult["delivery"] = {
  sent: 60_000,
  acked: 59_958,
  rejected: 2,
  indeterminate: 40,
  ok: 59_949,
  deadLettered: 0,
  backlog: 0,
  stuck: 2,
  lost: 7,
  lostInHandler: 5,
  lostBeforeHandler: 2,
  unseen: 0,
  recovered: 31,
  void: 9,
  abortedRead: 0,
  phantom: 0,
  corrupt: 0,
  reordered: 12,
  duplicates: { redelivered: 12, producedTwice: 3 },
  leftover: { ready: 0, inFlight: 0, deadLettered: 0 },
};

const SCENARIO: RunResult["scenario"] = {
  name: "sample",
  question: "What is lost, and for how long do messages wait, when a worker, the broker and the network misbehave?",
  target: { driver: "redis-list", host: "local", options: { mode: "blmove" }, broker: { appendonly: "yes" } },
  load: { rate: RATE, payload: 512, producers: 1, window: 8192, confirmTimeout: 3000 },
  workers: { processes: 2, concurrency: 16, handle: { kind: "constant", value: 2 } },
  phases: { warmup: 5000, baseline: 15_000, chaos: 30_000, recovery: 10_000, drain: "auto" },
  expect: [
    { metric: "lost", expression: "== 0", operator: "==", value: { kind: "number", number: 0 } },
    { metric: "duplicates", expression: "<= 1%", operator: "<=", value: { kind: "share", share: 0.01 } },
    { metric: "phantom", expression: "== 0", operator: "==", value: { kind: "number", number: 0 } },
    { metric: "endToEnd.p99", expression: "<= 250ms", operator: "<=", value: { kind: "number", number: 250 * MS } },
    { metric: "publish.p50", expression: "<= 2ms", operator: "<=", value: { kind: "number", number: 2 * MS } },
  ],
  seed: 7,
};

const expectations = (p99Ns: number): RunResult["expectations"] => [
  { metric: "lost", expression: "== 0", actual: 7, passed: false, text: "lost 7 is not == 0" },
  { metric: "duplicates", expression: "<= 1%", actual: 15, passed: true, text: "duplicates 15 is <= 599.6 (<= 1%)" },
  { metric: "phantom", expression: "== 0", actual: 0, passed: true, text: "phantom 0 is == 0" },
  {
    metric: "endToEnd.p99",
    expression: "<= 250ms",
    actual: p99Ns,
    passed: false,
    text: `endToEnd.p99 ${formatNs(p99Ns)} is not <= 250 ms`,
  },
  {
    metric: "publish.p50",
    expression: "<= 2ms",
    actual: 231_000,
    passed: true,
    text: "publish.p50 231 µs is <= 2.00 ms",
  },
];

/** A broker that writes as much as it is busy, and reads nothing. */
function sampleIo(cpuPercent: readonly number[]): RunResult["resources"][number]["io"] {
  const writtenBytesPerSecond = cpuPercent.map((percent) => Math.round(percent * 40_000));
  return {
    readBytesPerSecond: cpuPercent.map(() => 0),
    writtenBytesPerSecond,
    readBytesTotal: 0,
    writtenBytesTotal: writtenBytesPerSecond.reduce((sum, value) => sum + value, 0) / 2,
  };
}
