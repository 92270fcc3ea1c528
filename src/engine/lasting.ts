import { resolve, sep } from "node:path";
import { EnvironmentError } from "../errors.js";
import { readEvents } from "../store/event-log.js";
import { livingRuns } from "./leftovers.js";

/** Throws `EnvironmentError` while the run of a folder lasts: what is on disk of it is a different moment in each file. */
export function assertOver(runDirectory: string): void {
  const path = resolve(runDirectory);
  const owner = livingRuns().find(({ runDirectory: own }) => path === own || path.startsWith(`${own}${sep}`));
  if (!owner || readEvents(runDirectory).some(({ type }) => type === "end")) return;
  const hint = "wait for its end, or end it with Ctrl-C: it reports then what was measured";
  throw new EnvironmentError(
    `the run in ${runDirectory} goes on (havoq's pid is ${owner.pid}): no report of it yet`,
    hint,
  );
}
