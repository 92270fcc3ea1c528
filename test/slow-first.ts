import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take minutes for their few lines. */
const SLOW = /(\/kafka|\/kafka-producer|\/rabbitmq-stream|\/truth-others)\.test\.ts$/;
const rank = ({ project, moduleId }: TestSpecification) =>
  2 * project.config.sequence.groupOrder + (SLOW.test(moduleId) ? 0 : 1);

/** Vitest begins with the largest files, and has what is short and slow run last, with nothing beside it. */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
