import { buildPatterns, type PatternMatrix } from "../../src/compare/patterns.js";
import type { RunResult } from "../../src/result-schema.js";
import { sampleComparison, sampleRuns } from "./sample-comparison.js";

/** A matrix with a cell of each kind, and a question that is no markup. */
export function samplePatterns(): PatternMatrix {
  const EVIL = "</script><img src=x onerror=alert(1)>";
  const held: Partial<RunResult> = {
    verdict: "pass",
    expectations: [{ metric: "endToEnd.p99", expression: "<= 250ms", actual: 50e6, passed: true, text: "fine" }],
  };
  const comparison = sampleComparison(sampleRuns({ kafka: () => held, "redis-list": () => ({}) }, 2));
  return buildPatterns({
    havoqVersion: "0.1.0",
    command: "havoq compare --patterns",
    machine: "2 x AMD EPYC",
    interrupted: false,
    targets: ["kafka", "redis-list", "redis-pubsub", "sqs"],
    patterns: [
      {
        name: "email",
        question: EVIL,
        directory: "email",
        comparison: {
          ...comparison,
          failures: [{ subject: "sqs", round: 1, kind: "failed" as const, message: "would not start" }],
        },
        refused: [{ target: "redis-pubsub", reasons: ["no dead letters"] }],
      },
    ],
  });
}
