import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { Workplace } from "../support/cli.js";

const coverage = z.object({ result: z.array(z.object({ url: z.string() })) });

/** The scripts that a command loaded. */
async function loadedBy(place: Workplace, args: readonly string[]): Promise<string[]> {
  const folder = join(place.directory, "coverage");
  const ended = await place.run(args, { NODE_V8_COVERAGE: folder });
  expect(ended.code, ended.stderr).toBe(0);
  return readdirSync(folder).flatMap((name) =>
    coverage.parse(JSON.parse(readFileSync(join(folder, name), "utf8"))).result.map(({ url }) => url),
  );
}

it("a command that needs no container does not load Docker's client", async () => {
  using place = new Workplace();
  const file = place.file("n.yaml", "name: n\ntarget: { driver: redis-list, host: local }\nload: { rate: 1/s }\n");
  const loaded = await loadedBy(place, ["validate", file]);
  expect(loaded.some((url) => url.includes("/dist/bin/havoq.js"))).toBe(true);
  expect(loaded.filter((url) => /node_modules\/(testcontainers|dockerode|undici)\//.test(url))).toEqual([]);
});
