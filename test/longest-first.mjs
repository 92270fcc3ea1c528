import { BaseSequencer } from "vitest/node";

/** Files that take minutes, the longest first: begun last, one of them would keep a machine with nothing else to do. */
const LONGEST = [
  "container/conformance",
  "conformance/rabbitmq.test",
  "conformance/sqs.test",
  "conformance/kafka.test",
  "gate/gate.test",
  "conformance/rabbitmq-stream",
  "truth/rabbitmq",
  "truth/redis.test",
  "truth/kafka.test",
  "truth/kafka-producer",
  "cli/evidence",
  "cli/compare.test",
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
