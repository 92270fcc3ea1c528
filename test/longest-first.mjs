import { BaseSequencer } from "vitest/node";

/** Files that take minutes, the longest first: begun last, one of them would keep a machine with nothing else to do. */
const LONGEST = [
  "conformance/sqs.test",
  "container/conformance",
  "conformance/rabbitmq.test",
  "conformance/rabbitmq-stream",
  "conformance/kafka.test",
  "gate/gate.test",
  "truth/rabbitmq",
  "truth/redis.test",
  "container/truth-others",
  "truth/kafka.test",
  "truth/postgres",
  "truth/elasticmq",
  "truth/kafka-producer",
  "truth/bullmq",
  "container/lifecycle",
  "truth/sqs",
  "cli/evidence",
  "truth/nats",
  "container/truth-redis",
  "cli/endings",
  "cli/compare.test",
  "truth/kafka-cluster",
  "cli/library",
  "truth/havoq",
  "truth/redis-sentinel",
];

/** Runs the longest files first, and all others as vitest would. */
export default class LongestFirst extends BaseSequencer {
  /** @param {import("vitest/node").TestSpecification[]} files */
  async sort(files) {
    const sorted = await super.sort(files);
    /** @param {import("vitest/node").TestSpecification} file */
    const rank = ({ moduleId }) => {
      const place = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
      return place < 0 ? LONGEST.length : place;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
