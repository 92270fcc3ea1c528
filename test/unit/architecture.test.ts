import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].flatMap(
    ([, target = ""]) => (target.startsWith(".") ? [relative(root, resolve(root, dirname(file), target))] : [target]),
  );

/** Files of `folders` that import something which `forbidden` matches. */
const offenders = (folders: readonly string[], forbidden: RegExp): string[] =>
  folders.flatMap(sources).flatMap((file) =>
    importsOf(file)
      .filter((target) => forbidden.test(target))
      .map((target) => `${file} imports ${target}`),
  );

describe("import directions", () => {
  it("the SPI imports nothing of ours but units", () => {
    expect(offenders(["src/spi"], /^(src\/(?!spi|units)|drivers|reports)/)).toEqual([]);
  });

  it("what computes reads no clock, no random source, no file and no network", () => {
    const pure = ["src/record", "src/load", "src/stats", "src/result", "src/compare", "src/gate"].concat([
      "reports/terminal",
      "reports/hdr",
      "reports/gate",
      "reports/markdown",
      "reports/csv",
    ]);
    expect(offenders(pure, /^node:(?!zlib)/)).toEqual([]);
    const impure = /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.[a-z]+\b)/;
    const users = pure.flatMap(sources).filter((file) => impure.test(readFileSync(join(root, file), "utf8")));
    expect(users).toEqual([]);
  });

  it("drivers know the SPI and their client library, never the engine", () => {
    expect(offenders(["drivers"], /^src\/(engine|agent|cli|record|faults|result)/)).toEqual([]);
  });

  it("only the command line and the agent know the list of drivers", () => {
    const folders = ["engine", "faults", "gate", "hosts", "load", "os", "record", "result", "scenario", "spi", "stats"];
    expect(
      offenders(
        folders.map((name) => `src/${name}`),
        /^drivers\//,
      ),
    ).toEqual([]);
  });

  it("reports read only the result", () => {
    expect(offenders(["reports"], /^src\/(engine|agent|cli|hosts|faults|os)/)).toEqual([]);
  });
});
