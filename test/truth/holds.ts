import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Workplace } from "../support/cli.js";

const scenario = (name: string) => fileURLToPath(new URL(`../../scenarios/truth/${name}.yaml`, import.meta.url));

/** Runs a scenario of `scenarios/truth`, all its files below `base` if one is given; the verdict is its own: it states as expectations what is known to happen. */
export async function holds(
  name: string,
  overlays: readonly string[] = [],
  { base, env }: { readonly base?: string; readonly env?: Readonly<Record<string, string>> } = {},
) {
  using place = new Workplace(base);
  const sets = overlays.flatMap((overlay) => ["--set", overlay]);
  const ended = await place.run(["run", scenario(name), "--out", place.out, "--quiet", ...sets], env);
  expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
  expect(place.leftovers(), "processes that are left").toEqual([]);
  const result = place.result();
  expect(result.run.notes, "notes of the run").toEqual([]);
  expect(result.faults.every(({ error, healedNs }) => error === null && healedNs !== null)).toBe(true);
  return result;
}
