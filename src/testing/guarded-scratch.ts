import { randomBytes } from "node:crypto";
import { Scratch } from "../engine/scratch.js";
import { Guardian } from "./guardian.js";

/** A scratch folder for the brokers of a test, with a guardian that sweeps it when the test's process is killed. */
export class GuardedScratch implements AsyncDisposable {
  readonly runId = `test-${randomBytes(4).toString("hex")}`;
  readonly scratch = Scratch.create(this.runId, "/");
  private readonly guardian = new Guardian();

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scratch.remove();
    await this.guardian.dismiss();
  }
}
