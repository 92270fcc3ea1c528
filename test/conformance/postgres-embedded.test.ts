import { chmodSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { locateEmbedded, runProgram, serverUser, usableBinaries } from "../../drivers/postgres/binaries.js";
import { describeWith } from "../support/systems.js";
import { conformance } from "./suite.js";

await conformance({
  system: "postgres",
  driver: "postgres",
  host: "embedded",
  options: { mode: "lease", visibility: "1s", synchronousCommit: "on" },
  settings: { fsync: "off", autovacuumNaptime: "1s" },
  keeps: true,
  outlivesCrash: true,
  unsettled: "redelivered",
  failed: "redelivered",
});

await describeWith("postgres", "the PostgreSQL of the npm registry", () => {
  it("runs from a folder that its user can't enter, and without the links that npm's scripts make", async () => {
    const located = locateEmbedded();
    if (!located.found) throw new Error(located.reason);
    const root = mkdtempSync(join(tmpdir(), "havoq-pg-"));
    try {
      const closed = join(root, "closed");
      const native = join(closed, "native");
      cpSync(dirname(dirname(located.executable)), native, { recursive: true, verbatimSymlinks: true });
      const lib = join(native, "lib");
      for (const name of readdirSync(lib)) {
        if (lstatSync(join(lib, name)).isSymbolicLink()) rmSync(join(lib, name));
      }
      chmodSync(root, 0o711);
      chmodSync(closed, 0o700);
      const dir = join(root, "run");
      mkdirSync(dir, { mode: 0o711 });
      const user = await serverUser();
      const bin = await usableBinaries(join(native, "bin", "postgres"), user, dir);
      expect(bin.startsWith(dir)).toBe(true);
      const data = join(dir, "data");
      mkdirSync(data);
      if (user) await runProgram("chown", [`${user.uid}`, data], undefined, dir);
      await runProgram(join(bin, "initdb"), ["-D", data, "--no-sync"], user, dir);
      expect(readdirSync(data)).toContain("PG_VERSION");
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
