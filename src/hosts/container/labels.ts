import { userInfo } from "node:os";
import * as z from "zod";
import { placedIdentityOf, placedIdentitySchema, whereaboutsOf } from "../../os/identity.js";
import { connectEngine, findEngine, ifGone } from "./engine.js";

const RUN = "io.havoq.run";
const OWNER = "io.havoq.owner";

const ownerSchema = placedIdentitySchema.extend({ uid: z.int().nonnegative() });

/** Labels of everything that a run makes in the engine: its id, and the process of havoq that has to remove it. */
export function runLabels(runId: string): Record<string, string> {
  const owner = { uid: userInfo().uid, ...placedIdentityOf(process.pid) };
  return { [RUN]: runId, [OWNER]: JSON.stringify(owner) };
}

/**
 * Removes the containers and volumes of runs whose havoq is gone; answers with their names, or with a sentence that says why
 * it could not look. What another machine, PID namespace or user made is left alone.
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
    const owner = ownerSchema.parse(JSON.parse(labels[OWNER] ?? ""));
    return owner.uid === userInfo().uid && whereaboutsOf(owner) === "gone";
  } catch {
    return false;
  }
}
