import { VERBS } from "../faults/index.js";
import { isMap } from "../input/parsed.js";
import type { Finding } from "../input/problems.js";

/** The id of each fault as written, or its verb and number: `kill1`, `kill2`; never one that was written elsewhere. */
export function faultIds(faults: readonly unknown[]): string[] {
  const written = faults.map((fault) => (isMap(fault) ? fault["id"] : undefined));
  const taken = new Set(written.filter((id) => typeof id === "string"));
  return faults.map((fault, index) => {
    const id = written[index];
    if (typeof id === "string") return id;
    const verb = VERBS.find((candidate) => isMap(fault) && Object.hasOwn(fault, candidate)) ?? "fault";
    let number = 1;
    while (taken.has(`${verb}${number}`)) number++;
    taken.add(`${verb}${number}`);
    return `${verb}${number}`;
  });
}

/** Finds ids that more than one fault has. */
export function checkFaultIds(ids: readonly string[]): Finding[] {
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    if (first === index) return [];
    const message = `${JSON.stringify(id)} is the id of another fault too`;
    return [{ path: [index, "id"], message, hint: "expectations and other faults refer to a fault by its id" }];
  });
}
