import { hostname, userInfo } from "node:os";
import { isAlive, startTicksOf } from "../../os/processes.js";
import { connectEngine, findEngine, ifGone } from "./engine.js";

const RUN = "io.havoq.run";
const OWNER = "io.havoq.owner";

/** Labels of everything that a run makes in the engine: its id, and the process of havoq that has to remove it. */
export function runLabels(runId: string): Record<string, string> {
  const owner = { host: hostname(), uid: userInfo().uid, pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0 };
  return { [RUN]: runId, [OWNER]: JSON.stringify(owner) };
}

/**
 * Removes the containers and volumes of runs whose havoq is gone; answers with their names, or with a sentence that says why
 * it could not look. What another machine or user made is left alone.
 */
export async function removeAbandoned(): Promise<{ readonly removed: string[] } | { readonly reason: string }> {
  const found = await findEngine();
  if ("reason" in found) return found;
  const engine = await connectEngine();
  const filters = { label: [RUN] };
  const removed: string[] = [];
  for (const { Id, Names, Labels } of await engine.listContainers({ all: true, filters })) {
    if (!isAbandoned(Labels)) continue;
    await engine.getContainer(Id).remove({ force: true, v: true }).catch(ifGone);
    removed.push(Names[0]?.replace(/^\//, "") ?? Id);
  }
  const { Volumes } = await engine.listVolumes({ filters });
  for (const { Name, Labels } of Volumes ?? []) {
    if (!isAbandoned(Labels)) continue;
    await engine.getVolume(Name).remove().catch(ifGone);
    removed.push(Name);
  }
  return { removed };
}

function isAbandoned(labels: Readonly<Record<string, string>>): boolean {
  try {
    const owner = JSON.parse(labels[OWNER] ?? "") as { host: string; uid: number; pid: number; startTicks: number };
    return owner.host === hostname() && owner.uid === userInfo().uid && !isAlive(owner);
  } catch {
    return false;
  }
}
