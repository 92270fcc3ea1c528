import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createRunDirectory } from "../../../src/store/run-directory.js";
import { MINIMAL, resolved } from "../scenario/helpers.js";

const place = mkdtempSync(join(tmpdir(), "havoq-run-folder-"));
afterAll(() => rmSync(place, { recursive: true }));

describe("a run's folder", () => {
  it("is closed to other users, with all that is in it", () => {
    const path = join(place, "runs", "a");
    createRunDirectory(path, resolved(MINIMAL));
    for (const name of ["", "records", "logs"]) expect(statSync(join(path, name)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path).sort()).toEqual(["logs", "records", "scenario.json"]);
  });
});
